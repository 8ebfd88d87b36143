import Access
import Certificates
import Documents
import Gateway
import HTTPService
import SQLDatabase
import Synchronization
import Testing

@testable import GatewayAPI

/// No look without a row, whatever happens.
@Suite struct AuditGateTests {
  private func paths(_ bench: GatewayBench) async throws -> [HTTPServerRequest] {
    let id = try await bench.id(.unitNumber, Person.unit, .propertyDeed)
    return [
      bench.request("POST", "/v1/certificates:search", body: "{\"unitNumber\": \"\(Person.unit)\"}"),
      bench.request("POST", "/v1/certificates:match", body: "{\"unitNumber\": \"\(Person.unit)\"}"),
      bench.request("GET", "/v1/certificates/\(id)"), bench.request("GET", "/v1/certificates/\(id)/history"),
      bench.request("GET", "/v1/certificates/\(id)/evidence"),
    ]
  }

  @Test func whatCannotBeRecordedIsNotShown() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.propertyDeed()])
    _ = try await bench.gateway.database.write { transaction in
      try transaction.execute(
        "CREATE TRIGGER broken BEFORE INSERT ON access BEGIN SELECT RAISE(ABORT, 'no room'); END")
    }
    for request in try await paths(bench) {
      let reply = try await bench.send(request)
      #expect(reply.status == 503 && reply.code == "audit-unavailable")
      #expect(reply.headers["Retry-After"] == "1")
      #expect(reply.leaks == [] && !reply.text.contains("拟") && !reply.text.contains("crt-"))
    }
    // A refusal that cannot be recorded is not told either.
    #expect(try await bench.search("{}").code == "audit-unavailable")
    #expect(try await bench.search("{\"number\": \"1\"}", purpose: nil).code == "audit-unavailable")
    let metrics = try await bench.send(bench.request("GET", "/metrics"))
    #expect(metrics.text.contains("zhengdian_audit_failures_total 7\n"))

    _ = try await bench.gateway.database.write { try $0.execute("DROP TRIGGER broken") }
    for request in try await paths(bench) { #expect(try await bench.send(request).status == 200) }
    #expect(try await bench.accesses().count == 5)
    await bench.close()
  }

  @Test func theRowIsThereBeforeTheAnswer() async throws {
    let recorder = HeldRecorder()
    let bench = try await GatewayBench(recorder: recorder)
    try await bench.store([Person.propertyDeed()])
    for request in try await paths(bench) {
      let answered = Signal()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          _ = try await bench.send(request)
          answered.set()
        }
        await recorder.waitUntilAsked()
        #expect(!answered.isSet)
        recorder.release()
        try await group.waitForAll()
      }
      #expect(answered.isSet)
    }
    await bench.close()
  }

  @Test func aDatabaseThatDoesNotAnswerIsATimeout() async throws {
    let bench = try await GatewayBench(deadline: .milliseconds(100))
    try await bench.store([Person.propertyDeed()])
    let mayEnd = Signal()
    let busy = [Signal(), Signal(), Signal()]
    try await withThrowingTaskGroup(of: Void.self) { group in
      // All readers are taken, and none gives way.
      for signal in busy {
        group.addTask {
          try await bench.gateway.database.read { _ in
            signal.set()
            mayEnd.block()
          }
        }
      }
      for signal in busy { await signal.wait() }
      let reply = try await bench.search("{\"unitNumber\": \"\(Person.unit)\"}")
      #expect(reply.status == 503 && reply.code == "timeout" && reply.headers["Retry-After"] == "1")
      let ready = try await bench.send(bench.request("GET", "/health/ready", key: nil))
      #expect(ready.status == 503)
      #expect(try ready.text("$.problem") == "database-slow")
      mayEnd.set()
      try await group.waitForAll()
    }
    // With time enough the same question is answered. A machine under load may not even have recorded the failure.
    var parts = bench.api.parts
    parts.deadline = .seconds(60)
    let patient = GatewayAPI(parts)
    let request = bench.request(
      "POST", "/v1/certificates:search", body: "{\"unitNumber\": \"\(Person.unit)\"}")
    #expect(await patient.respond(to: request).status == 200)
    let outcomes = try await bench.accesses().map(\.entry.outcome)
    #expect(outcomes == [.failed, .answered] || outcomes == [.answered])
    await bench.close()
  }

  @Test func aWriterThatDoesNotAnswerIsATimeout() async throws {
    let bench = try await GatewayBench(deadline: .milliseconds(100))
    try await bench.store([Person.propertyDeed()])
    let mayEnd = Signal()
    let busy = Signal()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await bench.gateway.database.write { _ in
          busy.set()
          mayEnd.block()
        }
      }
      await busy.wait()
      let reply = try await bench.search("{\"unitNumber\": \"\(Person.unit)\"}")
      #expect(reply.status == 503 && reply.code == "timeout")
      #expect(reply.leaks == [] && !reply.text.contains("crt-"))
      mayEnd.set()
      try await group.waitForAll()
    }
    await bench.close()
  }
}

/// Records nothing before it is told to.
private final class HeldRecorder: AccessRecorder {
  private struct State {
    var isAsked = false
    var isReleased = false
  }

  private let state = Mutex(State())

  func record(_ entry: AccessEntry) async throws -> Int64 {
    state.withLock { $0.isAsked = true }
    while !state.withLock({ $0.isReleased }) { await Task.yield() }
    state.withLock { $0 = State() }
    return 1
  }

  func waitUntilAsked() async {
    while !state.withLock({ $0.isAsked }) { await Task.yield() }
  }

  func release() { state.withLock { $0.isReleased = true } }
}
