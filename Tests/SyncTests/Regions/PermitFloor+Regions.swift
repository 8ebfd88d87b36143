import Applications
import Calendars
import CivilTime
import Documents
import Permits
import Policies
import Pushing
import Sandbox
import Testing
import Work

/// Cases under the policies of the repository.
extension PermitFloor {
  static let repositoryPolicies: PolicyLibrary = {
    let diagnostics = Diagnostics()
    let names = ["national", "henan", "xinxian", "chongqing", "changzhou", "hangzhou"]
    let library = PolicyLibrary(
      names.map { name in
        let file = "\(Library.repository)/Adapters/\(name)/policy.yaml"
        return PolicyLibrary.Source(name: name, file: file, bytes: Library.read(file))
      }, diagnostics)
    precondition(!diagnostics.hasErrors, "\(diagnostics.all)")
    return library
  }()

  /// - Parameters:
  ///   - window: whose window it is.
  ///   - area: the only one that it takes; nil: what its manifest says.
  ///   - start: what the clock shows, Beijing time.
  ///   - changes: what is written otherwise in the manifest.
  ///   - wire: between the gateway and the window.
  static func run<T: Sendable>(
    _ window: String, of area: String? = nil, from start: String, changes: [(String, String)] = [],
    wire: Wire? = nil,
    _ body: @escaping @Sendable (PermitFloor) async throws -> T
  ) async throws -> T {
    // In the office's hours, twice an hour at most: what a window says is known an hour later.
    var polling = PermitPolling()
    polling.first = 1800
    return try await run(
      Site(
        window: window, regions: area.map { [$0] }, policies: repositoryPolicies, polling: polling,
        changes: changes, start: start, wire: wire),
      body)
  }

  var sandbox: Sandbox { desk.bench.sandbox }

  /// Does what is due, and lets time pass, until the clock shows `end`.
  func goOn(to end: String) async throws {
    try await pass(seconds: Int(try Self.moment(end).milliseconds(since: desk.bench.clock.now) / 1000))
  }

  /// Opens a case with every file there is, of a line that needs these items.
  func open(
    _ area: String, _ facts: String, needing items: [PermitItem] = PermitItem.allCases,
    crossings: [String] = []
  ) async throws -> PermitCaseID {
    let application = """
      {"kind": "permit-application", "applicationNumber": "SQ-1", "projectName": "拟东线", "itemCode": "route-planning",
       "applicant": {"name": "拟电力公司", "code": "91330199TX0000001W", "codeType": "001"}, "location": "拟路 1 号",
       "areaCode": "\(area)", "startDate": "2026-11-01", "endDate": "2026-12-01", "lineLength": 420, "voltage": 10,
       "occupiedArea": 3, "diggingLength": 86.4, "greenArea": 30, "promise": false}
      """
    let codes = ["route-drawing", "promise-letter", "construction-plan", "traffic-plan", "tree-list"]
    return try await people().open(
      PermitRequest(
        number: "GD-1", region: area, day: now.date,
        facts: try Self.facts(facts, needing: items, crossings: crossings),
        application: try ApplicationRecord(decoding: Array(application.utf8)),
        materials: codes.map { Self.material($0) }, requestID: "test")
    ).id
  }

  static func facts(
    _ facts: String, needing items: [PermitItem], crossings: [String] = [], trees: String = "ordinary"
  ) throws -> Facts {
    let needs = """
      "digs-road": \(items.contains(.roadDigging)), "occupies-road": \(items.contains(.roadOccupation)),
      "uses-green-land": \(items.contains(.greening)), "trees": "\(items.contains(.greening) ? trees : "none")",
      "crossings": [\(crossings.map { "\"\($0)\"" }.joined(separator: ", "))]
      """
    return try Facts(decoding: JSONDocument(parsing: Array("{\(facts), \(needs)}".utf8)).root)
  }

  func item(
    _ item: PermitItem, of id: PermitCaseID, knownAt: String
  ) async throws -> PermitItemView {
    let view = try await permits.view(id, at: now, knownAt: try Self.moment(knownAt))
    return try #require(view.items.last { $0.attempt.item == item })
  }

  func attempts(_ item: PermitItem, of id: PermitCaseID) async throws -> [PermitItemAttempt] {
    try await permits.view(id, at: now).items.map(\.attempt).filter { $0.item == item }
  }

  func states(
    _ items: [PermitItem] = PermitItem.allCases, of id: PermitCaseID
  ) async throws -> [PermitState?] {
    var states: [PermitState?] = []
    for item in items { states.append(try await self.item(item, of: id).attempt.state) }
    return states
  }

  /// What the policy says of the way: `exempt`.
  func way(_ item: PermitItem, of id: PermitCaseID) async throws -> String? {
    try JSONDocument(parsing: try await self.item(item, of: id).attempt.decision).root["way"]?["value"]?
      .string
  }

  /// The platform's time for an item, alone or else together with the others; nil where nothing limits it.
  func clock(
    _ item: PermitItem, of id: PermitCaseID, knownAt: String? = nil
  ) async throws -> ClockReading? {
    let view =
      if let knownAt { try await self.item(item, of: id, knownAt: knownAt) } else {
        try await self.item(item, of: id)
      }
    return view.reading ?? view.total?.reading
  }

  func lastDay(_ item: PermitItem, of id: PermitCaseID) async throws -> String? {
    try await clock(item, of: id)?.lastDay?.description
  }

  /// The clauses of a decision: of the way, and of what limits it alone and together with others.
  func clauses(_ item: PermitItem, of id: PermitCaseID) async throws -> [String] {
    let text = try await self.item(item, of: id).attempt.decision
    let decision = try JSONDocument(parsing: text).root
    let limits = ["limit", "total"].filter { decision[$0]?["value"]?.string != nil }
    return (["way"] + limits).compactMap { decision[$0]?["clause"]?.string }
  }

  func push(_ item: PermitItem, of id: PermitCaseID) async throws -> Push {
    try await desk.push(PushID(try #require(try await self.item(item, of: id).attempt.push)))
  }

  /// What the window has of the latest attempt at an item.
  func effects(_ item: PermitItem, of id: PermitCaseID) async throws -> [WindowCase] {
    let key = try await push(item, of: id).key
    return sandbox.permitCases.filter { $0.key == key && $0.item == item.rawValue }
  }

  /// Lets the window go on with the items.
  func decide(
    _ state: WindowCase.State, _ items: [PermitItem], of id: PermitCaseID, happened: String? = nil
  ) async throws {
    for item in items {
      let receipt = try #require(try await effects(item, of: id).first?.receipt)
      let changed = sandbox.decide(receipt, state, note: "意见", happened: try happened.map(Self.moment))
      #expect(changed?.state == state)
    }
  }

  /// - Parameter calls: the first of them, or each.
  func fault(_ kind: FaultKind, _ operation: String? = nil, each: Bool = false) {
    sandbox.faults.add(
      FaultRule(
        kind, platform: site.window + "-permits", operation: operation, trigger: each ? .always : .call(1)))
  }
}
