import Applications
import Certificates
public import CivilTime
import Crypto
import Documents
import Exchanges
public import Policies
import Registry
public import SQLDatabase
import Work

extension Permits {
  /// Decides and checks everything, before a transaction is begun: what is incomplete is refused here with all that is
  /// missing, and nothing is stored.
  ///
  /// - Throws: `PermitError`: `noRule` where no policy is about the region or a rule is missing, `unfit` with the files
  ///   and facts that are missing.
  public func prepare(_ request: PermitRequest, by policies: PolicyLibrary) throws -> PreparedPermitCase {
    guard request.application.kind == .permitApplication else {
      throw PermitError(
        .unfit, "application: a \(ApplicationKind.permitApplication.rawValue) is needed",
        remedy: "docs/reference/mapping.md has its fields")
    }
    guard isUsable(request.number) else {
      throw PermitError(
        .unfit, "number: a line of at most 64 letters, digits, '-', '_' or '.' is needed",
        remedy: "give the utility's own number of the case, and no person's")
    }
    guard
      let (policy, decisions) = policies.permits(
        forRegion: request.region, request.facts, on: request.day)
    else {
      throw PermitError(
        .noRule, "no policy is about the region '\(request.region)'",
        remedy: "give an area code of six digits; Adapters/national/policy.yaml answers for the nation")
    }
    let codes = Set(request.materials.map(\.code))
    let plan = PermitPlan(
      decisions, materials: Dictionary(uniqueKeysWithValues: PermitItem.allCases.map { ($0, codes) }))
    try requireComplete(plan)
    let record = request.application.encode()
    var written: [PermitItem: String] = [:]
    var clocks: [PermitItem: String] = [:]
    for decision in decisions {
      written[decision.item] = json { decision.write(&$0) }
      clocks[decision.item] = decision.clock.map { clock in json { clock.write(&$0) } }
    }
    let facts = json { request.facts.write(&$0) }
    let rulings = (policies.process(forRegion: request.region, request.facts, on: request.day) ?? [:]).values
      .compactMap(\.ruling)
    let own = rulings.compactMap(OwnLimit.init).filter { $0.step.hasPrefix(OwnLimit.prefix) }
      .sorted { $0.step < $1.step }
    let process = OwnLimit.ofProcess(rulings)
    let totals = policies.totals(of: decisions, by: policy).map { PermitTotal($0.ruling, $0.clock, $0.items) }
    let digest = keys.blindIndex.token(
      "permit.content",
      Array("\(request.region)\u{0}\(request.day)\u{0}\(facts)\u{0}".utf8) + record
        + request.materials.flatMap { Array("\u{0}\($0.code)\u{0}\($0.attachment.sm3)".utf8) })
    return PreparedPermitCase(
      plan: plan, request: request, policy: policy.name, facts: facts, decisions: written, clocks: clocks,
      ownClock: json { writer in writer.array { writer in for limit in own { limit.write(&writer) } } },
      totals: totals.isEmpty
        ? nil : json { writer in writer.array { writer in for total in totals { total.write(&writer) } } },
      process: process.isEmpty
        ? nil : json { writer in writer.array { writer in for limit in process { limit.write(&writer) } } },
      content: digest,
      project: request.application.values.value(at: "projectCode")?.text.map(projectToken),
      application: keys.sealer.seal(record, context: Self.context(request.number, "application")),
      materials: seal(request.materials, number: request.number))
  }

  func seal(
    _ materials: [PermitMaterial], of permitCase: PermitCase
  ) -> [(code: String, sm3: String, sealed: [UInt8])] {
    seal(materials, number: permitCase.number)
  }

  private func seal(
    _ materials: [PermitMaterial], number: String
  ) -> [(code: String, sm3: String, sealed: [UInt8])] {
    materials.map { material in
      let sealed = keys.sealer.seal(
        material.attachment.encoded(),
        context: Self.materialContext(number, material.code, material.attachment.sm3))
      return (material.code, material.attachment.sm3, sealed)
    }
  }

  /// Stores the case with its items, in the caller's transaction. The same number with the same content is the case that
  /// is there already.
  ///
  /// - Returns: the case, and whether it is new.
  public func open(
    _ prepared: PreparedPermitCase, in transaction: Transaction, now: Timestamp
  ) throws -> (id: PermitCaseID, isNew: Bool) {
    let request = prepared.request
    let known = try transaction.first(
      "SELECT id, content FROM permit_case WHERE number = ?1", .text(request.number)
    ) { (PermitCaseID(rawValue: $0.int(0)), $0.blob(1)) }
    if let (id, content) = known {
      guard content == prepared.content else {
        throw PermitError(
          .numberTaken, "the number '\(request.number)' stands for another case, \(id)",
          remedy: "give a new number, or change the case that is there")
      }
      return (id, false)
    }
    let id = try transaction.first(
      """
      INSERT INTO permit_case (number, region, policy, day, facts, content, application, request_id, created,
        changed, closed, totals, process, project)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, NULL, ?10, ?11, ?12) RETURNING id
      """, .text(request.number), .text(request.region), .text(prepared.policy),
      .text(request.day.description), .text(prepared.facts), .blob(prepared.content),
      .blob(prepared.application), .text(request.requestID), .int(now.milliseconds),
      .textOrNull(prepared.totals), .textOrNull(prepared.process), .blobOrNull(prepared.project)
    ) { PermitCaseID(rawValue: $0.int(0)) }
    guard let id else { throw DatabaseError(.other, "The insert of a permit case returned no id.") }
    for material in prepared.materials { try insert(material, of: id, transaction, now) }
    for item in PermitItem.allCases {
      try insert(item, prepared, of: id, transaction, now)
    }
    if try !close(id, ifDecidedAt: now, in: transaction) { try wake(id, in: transaction, now: now) }
    try tell([Self.change(id, request.number, "opened")], in: transaction, now: now)
    return (id, true)
  }

  func insert(
    _ material: (code: String, sm3: String, sealed: [UInt8]), of id: PermitCaseID, _ transaction: Transaction,
    _ now: Timestamp
  ) throws {
    try transaction.execute(
      """
      INSERT INTO permit_material (permit_case, code, sm3, sealed, created) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (permit_case, code, sm3) DO NOTHING
      """, .int(id.rawValue), .text(material.code), .text(material.sm3), .blob(material.sealed),
      .int(now.milliseconds))
  }

  private func insert(
    _ item: PermitItem, _ prepared: PreparedPermitCase, of id: PermitCaseID, _ transaction: Transaction,
    _ now: Timestamp
  ) throws {
    var way: PermitWay?
    var after: Set<PermitItem> = []
    if case .handIn(let given, let others)? = prepared.plan.steps[item] { (way, after) = (given, others) }
    try transaction.execute(
      """
      INSERT INTO permit_item (permit_case, item, attempt, follows, way, after_items, state, clock, push, decision,
        created, changed, own_clock)
      VALUES (?1, ?2, 1, NULL, ?3, ?4, ?5, ?6, NULL, ?7, ?8, ?8, ?9)
      """, .int(id.rawValue), .text(item.rawValue), .textOrNull(way?.rawValue),
      .text(after.map(\.rawValue).sorted().joined(separator: " ")),
      .textOrNull(way == nil ? nil : PermitState.planned.rawValue),
      .textOrNull(way == nil ? nil : prepared.clocks[item]), .text(prepared.decisions[item] ?? "{}"),
      .int(now.milliseconds), .textOrNull(way == nil ? nil : prepared.ownClock))
  }

  /// Everything that stands in the way, at once.
  private func requireComplete(_ plan: PermitPlan) throws {
    var missing: [String] = []
    for decision in plan.decisions {
      switch plan.steps[decision.item] {
      case .incomplete(let materials)?:
        missing += materials.map { "\(decision.item.rawValue): the file '\($0.code)' (\($0.clause))" }
      case .undecided(let facts)?:
        missing += facts.map { "\(decision.item.rawValue): the fact '\($0.rawValue)'" }
      case .silent?:
        throw PermitError(
          .noRule, "no rule in force says what is to be done for \(decision.item.rawValue)",
          remedy: "'policy check' shows the gap; put the rule into the region's policy.yaml")
      case .notNeeded?, .exempt?, .handIn?, nil: break
      }
    }
    guard missing.isEmpty else {
      throw PermitError(
        .unfit, "missing: " + missing.joined(separator: "; "), remedy: "add them; nothing was handed in")
    }
    guard plan.order != nil else {
      throw PermitError(
        .noRule, "the items wait for each other in a circle",
        remedy: "mend 'order' in the region's policy.yaml")
    }
  }

  private func isUsable(_ number: String) -> Bool {
    // It stands in lists and logs, so that it must not tell of anybody.
    1...64 ~= number.utf8.count && !Identifier.holdsCitizenNumber(number)
      && number.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  private func json(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.takeBytes(), as: UTF8.self)
  }
}
