import Adapters
import Applications
import Calendars
import CivilTime
import Crypto
import Documents
import Gateway
import Permits
import Policies
import Pushing
import Sandbox

/// A line in 新县, from what the policy asks to what the window decides.
extension DemoStory {
  private static let region = "411523"

  /// How often the window is asked here: nobody waits a minute for a demo.
  static var polling: PermitPolling {
    var polling = PermitPolling()
    polling.first = 0.1
    polling.longest = 0.3
    // Its window is open whenever it is run.
    polling.hours = nil
    return polling
  }

  /// Exits with a failure where anything comes out otherwise than it must.
  func showCase() async throws {
    scene(
      "10  A line in 新县: what the policy asks and where it says so, one case, a supplement (补正), the decisions"
    )
    let desk = site.permitting.desk
    let day = Timestamp.now().civil(offsetSeconds: UTCOffset.china).date
    let facts = try Self.facts()
    guard let (policy, decisions) = site.permitting.policies.permits(forRegion: Self.region, facts, on: day)
    else { throw CommandFailure(.failure, "no policy is about \(Self.region)") }
    if isForPeople {
      PolicyAnswer(policy: policy, day: day, decisions: decisions, process: [:]).write(to: output)
    }
    let id = try await desk.open(
      PermitRequest(
        number: "DEMO-2", region: Self.region, day: day, facts: facts, application: try Self.line(),
        materials: ["route-drawing", "construction-plan", "traffic-plan", "tree-list"].map(Self.material),
        requestID: "demo")
    ).id
    try await wait(for: id) { $0 == .received }
    try await decide(.accepted, id)
    try await wait(for: id) { $0 == .accepted }
    // The window misses something of one item; the others go on.
    let first = try await items(id)[0].attempt
    try await decide(.correction, id, only: first)
    try await wait(for: id, only: first) { $0 == .supplement }
    _ = try await desk.supplement(
      PermitPlace(id, first.item), with: [Self.material("traffic-plan", "new")], remarks: nil)
    try await wait(for: id, only: first) { $0 == .accepted }
    try await decide(.approved, id)
    try await wait(for: id) { $0 == .approved }
    for item in try await items(id) {
      let last = item.reading?.lastDay?.description
      guard item.reading?.isLate == false else {
        throw CommandFailure(.failure, "\(item.attempt.item.rawValue) is late, or has no time")
      }
      if isForPeople {
        output.line(
          "  \(item.attempt.item.rawValue): \(output.paint("approved", .green)), \(item.events.count) events, time until \(last ?? "?")"
        )
      } else {
        output.json {
          $0.member("item", item.attempt.item.rawValue)
          $0.member("state", item.attempt.state?.rawValue)
          $0.member("lastDay", last)
        }
      }
    }
  }

  private func items(_ id: PermitCaseID) async throws -> [PermitItemView] {
    let now = Timestamp.now().civil(offsetSeconds: UTCOffset.china)
    return try await site.permitting.permits.view(id, at: now).items
  }

  private func wait(
    for id: PermitCaseID, only attempt: PermitItemAttempt? = nil, until isThere: (PermitState?) -> Bool
  ) async throws {
    for _ in 0..<500 {
      let items = try await items(id).filter { attempt == nil || $0.attempt.id == attempt?.id }
      if items.allSatisfy({ isThere($0.attempt.state) }) { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw CommandFailure(.failure, "permit case \(id) does not go on")
  }

  /// Lets the window decide: about one item, or all.
  private func decide(
    _ state: WindowState, _ id: PermitCaseID, only attempt: PermitItemAttempt? = nil
  ) async throws {
    for item in try await items(id) where attempt == nil || item.attempt.id == attempt?.id {
      let push = item.attempt.push.map { PushID($0) }
      guard let push, let receipt = try await site.pushing.pushes.acknowledgement(of: push)?.receipt,
        sandbox.decide(receipt, state) != nil
      else { throw CommandFailure(.failure, "the window has no \(item.attempt.item.rawValue)") }
    }
  }

  private static func facts() throws -> Facts {
    let text = """
      {"voltage": 10, "capacity": 630, "length": 300, "customer": "other", "crossings": [], "digs-road": true,
       "occupies-road": true, "uses-green-land": true, "trees": "ordinary"}
      """
    return try Facts(decoding: JSONDocument(parsing: text).root)
  }

  private static func line() throws -> ApplicationRecord {
    try ApplicationRecord(
      decoding: Array(
        """
        {"kind":"permit-application","applicationNumber":"DEMO-2","projectName":"拟新线","itemCode":"route-planning",
         "applicant":{"name":"拟电力公司","code":"91330199TX0000001W","codeType":"001"},"location":"拟路","areaCode":"411599",
         "startDate":"2026-12-01","endDate":"2026-12-31","lineLength":"300","voltage":"10","occupiedArea":"3",
         "diggingLength":"86.4","greenArea":"30","promise":false}
        """.utf8))
  }

  private static func material(_ code: String) -> PermitMaterial { material(code, "first") }

  private static func material(_ code: String, _ text: String) -> PermitMaterial {
    let bytes = Array("\(text) \(code)".utf8)
    return PermitMaterial(
      code: code,
      attachment: Attachment(
        name: "\(code).txt", mediaType: "text/plain", bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes))))
  }
}
