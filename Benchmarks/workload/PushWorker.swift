import Applications
import CivilTime
import Crypto
import Documents
import Gateway
import Glibc
import Pushing
import SQLDatabase
import Telemetry
import Work

/// One life of a gateway that takes in permit applications as fast as it can and hands them in, for `Benchmarks/reliability`, which ends it at any moment.
///
/// Writes a line for each application once it is safe on the disk: `number push`. With `drain` it takes in nothing and ends when nothing is left to do by itself;
/// with `fill` it takes in so many and sends none.
enum PushWorker {
  enum Mode: String {
    case load, drain, fill
  }

  static let items = ["route-planning", "road-digging", "greening"]

  /// - Parameter number: of this life, or how many to take in.
  static func run(configuration file: String, number: Int, mode: Mode) async throws {
    let configuration = try Sites.configuration(file)
    let diagnostics = Diagnostics()
    let libraries = try SiteLibraries(configuration, diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    let gateway = try await Gateway.open(
      configuration, environment: [:], components: PullStation.components, log: .silent)
    let station = try PullStation(gateway, libraries: libraries)
    let pushing = try PushStation(gateway, station)
    var loop = WorkLoop.Configuration()
    loop.lease = .seconds(3)
    loop.look = .seconds(1)
    let permitting = try PermitStation(gateway, station, pushing)
    let work = WorkStation(
      gateway, pushing, ReplayStation(gateway, station, pushing), permitting,
      InboundStation(gateway, station, permitting), SupplyStation(gateway, station, permitting),
      configuration: loop)
    await withTaskGroup(of: Void.self) { group in
      if mode != .fill { group.addTask { await work.run() } }
      do {
        switch mode {
        case .load: try await load(pushing, life: number)
        case .drain: try await drain(gateway)
        case .fill: try await fill(pushing, number)
        }
      } catch {
        print("! \(error)")
      }
      group.cancelAll()
    }
    await gateway.close()
  }

  private static func load(_ pushing: PushStation, life: Int) async throws {
    var number = 0
    while true {
      number += 1
      let item = items[number % items.count]
      let application = "B-\(life)-\(number)"
      guard let route = pushing.route("hangzhou-permits", item) else { fatalError("no way for \(item)") }
      let ticket = try await pushing.pushes.submit(
        PushRequest(record: try record(application, item), requestID: "bench"), by: route)
      // One write, so that a kill leaves no half line.
      let line = Array("\(application) \(ticket.id)\n".utf8)
      _ = unsafe line.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  private static func fill(_ pushing: PushStation, _ count: Int) async throws {
    let routes = items.compactMap { pushing.route("hangzhou-permits", $0) }
    guard routes.count == items.count else { fatalError("no way for each of \(items)") }
    for start in stride(from: 0, to: count, by: 500) {
      let prepared = try (start..<min(start + 500, count)).map { number in
        try pushing.pushes.prepare(
          PushRequest(record: try record("B-\(number)", items[number % items.count]), requestID: "bench"),
          by: routes[number % items.count])
      }
      try await pushing.pushes.database.write { transaction in
        for one in prepared { _ = try pushing.pushes.submit(one, in: transaction, now: .now()) }
      }
    }
  }

  /// Until nothing is left but what waits for a person.
  private static func drain(_ gateway: Gateway) async throws {
    while true {
      let open = try await gateway.work.counts().filter {
        $0.kind == .push && [.ready, .leased, .waiting].contains($0.state)
      }
      if open.isEmpty { return }
      try await Task.sleep(for: .milliseconds(500))
    }
  }

  static func record(_ application: String, _ item: String) throws -> ApplicationRecord {
    try ApplicationRecord(
      decoding: Array(
        """
        {"kind":"permit-application","applicationNumber":"\(application)","projectName":"拟东线","itemCode":"\(item)",
         "applicant":{"name":"拟电力公司","code":"91330199TX0000001W","codeType":"001"},"location":"拟路","areaCode":"330199",
         "startDate":"2026-03-01","endDate":"2026-04-01","lineLength":"1250.5","voltage":"10","occupiedArea":"3",
         "diggingLength":"86.4","greenArea":"30","promise":true}
        """.utf8))
  }
}
