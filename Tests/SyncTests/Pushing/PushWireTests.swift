import Applications
import Exchanges
@testable import Pushing
import Sandbox
import Testing

/// The network is lost in the middle of a body.
@Suite struct PushWireTests {
  /// With a body of several packets.
  private static func submit(_ desk: PushDesk, _ item: String) async throws -> PushID {
    let remarks = String(repeating: "说明。", count: 600)
    return try await desk.submit(item) { $0["remarks"] = .text(remarks) }.id
  }

  private static func run(
    _ cut: Wire.Cut, _ body: @escaping @Sendable (PushDesk, Wire) async throws -> Void
  ) async throws {
    let wire = Wire(cuts: [cut])
    defer { wire.stop() }
    try await PushDesk.run(url: { wire.url($0) }) { desk in
      wire.start()
      try await body(desk, wire)
    }
  }

  /// Half of the request arrives: the window does nothing, and nobody here can know that.
  @Test(
    arguments: [
      ("route-planning", .accepted, 1), ("road-digging", .accepted, 1), ("greening", .unknown, 0),
    ] as [(String, PushState, Int)])
  func inTheMiddleOfTheRequest(_ item: String, _ state: PushState, _ effects: Int) async throws {
    try await Self.run(.request(after: 2_000)) { desk, wire in
      let id = try await Self.submit(desk, item)
      try await desk.work()
      #expect(try await desk.state(id) == .unknown)
      #expect(try await desk.effects(id).isEmpty)
      #expect(wire.passed.first.map { (1...2_000).contains($0) } == true, "some of the body, not all")
      try await desk.settle()
      #expect(try await desk.state(id) == state)
      #expect(try await desk.effects(id).count == effects)
    }
  }

  /// The window has done it, and half of what it says about that arrives.
  @Test(
    arguments: [
      ("route-planning", .accepted), ("road-digging", .accepted), ("greening", .unknown),
    ] as [(String, PushState)])
  func inTheMiddleOfTheResponse(_ item: String, _ state: PushState) async throws {
    try await Self.run(.response(after: 10)) { desk, _ in
      let id = try await Self.submit(desk, item)
      try await desk.work()
      #expect(try await desk.state(id) == .unknown)
      #expect(try await desk.effects(id).count == 1)
      try await desk.settle()
      #expect(try await desk.state(id) == state)
      #expect(try await desk.effects(id).map(\.submissions) == [1])
      #expect(try await desk.pushes.history(of: id).map(\.event).prefix(2) == [.begun, .lost])
    }
  }

  /// The answer to the question is cut: the question is asked again, and nothing is sent.
  @Test func inTheMiddleOfTheAnswerToAProbe() async throws {
    let wire = Wire(cuts: [.response(after: 10), .response(after: 10)])
    defer { wire.stop() }
    try await PushDesk.run(url: { wire.url($0) }) { desk in
      wire.start()
      let id = try await Self.submit(desk, "road-digging")
      try await desk.settle()
      #expect(try await desk.state(id) == .accepted)
      #expect(try await desk.effects(id).map(\.submissions) == [1])
      #expect(try await desk.push(id).probes == 2)
    }
  }
}
