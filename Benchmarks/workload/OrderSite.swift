import Calendars
import CivilTime
import Crypto
import Documents
import Gateway
import Journal
import Permits
import Policies
import Registry
import SQLDatabase
import Supply
import Work

/// A site with orders of a year in it: one of each kind is judged by the policies that are there, and all others are like one of these, with moments, channels
/// and papers of their own.
struct OrderSite {
  static let now = CivilDateTime(iso: "2026-06-01T10:00:00")!
  /// So many days before that the first were applied for: twelve months.
  static let days = 330
  private static let portion = 500

  let database: Database
  let keys: RegistryKeys
  let permits: Permits
  private let policies: PolicyLibrary
  private let desk: SupplyDesk

  /// - Parameter adapters: the folder with the policies.
  init(folder: String, adapters: String) async throws {
    let diagnostics = Diagnostics()
    policies = PolicyLibrary(
      try LibraryFolder(adapters).policies().map { .init(name: $0.name, file: $0.path, bytes: $0.bytes) },
      diagnostics)
    try diagnostics.throwIfErrors()
    database = try await Database.open(path: folder + "/orders.sqlite")
    try await database.migrate(Gateway.components + PullStation.components)
    let ring = KeyRing.ephemeral()
    keys = try await RegistryKeys.open(database, ring: ring)
    permits = Permits(
      database: database, keys: keys,
      queue: WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner()), calendar: .china)
    desk = SupplyDesk(
      store: SupplyStore(database: database, keys: keys), registry: Registry(database: database, keys: keys),
      journal: Journal(database: database, keys: ring), policies: policies,
      surroundings: SupplyDesk.Surroundings(reach: { [:] }, staleness: { { _ in nil } }))
  }

  /// Makes so many applications. One in five has a permit case, half of these by its project alone; one in twenty was filed again.
  func fill(orders: Int) async throws {
    let models = try await models()
    var chance = Chance(state: 2026)
    for start in stride(from: models.count, to: orders, by: Self.portion) {
      let numbers = start..<min(start + Self.portion, orders)
      let cases = Dictionary(
        uniqueKeysWithValues: try numbers.filter { $0 % 5 == 0 }.map { ($0, try prepare(order: $0)) })
      let seed = chance.next()
      try await database.write { [self] transaction in
        var chance = Chance(state: seed)
        var before: Order?
        for number in numbers {
          var order = Order(number, &chance)
          if number % 20 == 1, let before { order.follow(before) }
          before = order
          var project: [UInt8]?
          if let prepared = cases[number] {
            project = keys.projectToken("2026-\(number)")
            try open(prepared, for: order, project, &chance, transaction)
          }
          try insert(order, like: models[number % models.count], project, transaction)
        }
      }
    }
  }

  /// The applications that are judged: five regions, three classes of customers.
  private func models() async throws -> [SupplyApplicationID] {
    let classes = [
      #""voltage": 0.22, "capacity": 8, "customer": "resident""#,
      #""voltage": 0.4, "capacity": 100, "customer": "small-micro", "works": "poles-lines""#,
      #""voltage": 10, "capacity": 630, "customer": "other", "supply": "single", "works": "cable-transformer""#,
    ]
    let moment = Self.now.timestamp(offsetSeconds: UTCOffset.china)
    var models: [SupplyApplicationID] = []
    for region in PermitCases.regions {
      for facts in classes {
        let form = """
          {"number": "M-\(models.count)", "region": "\(region)", "channel": "online",
           "facts": {\(facts), "business": "new", "stage": "application", "special-trade": false},
           "applicant": {"type": "organisation", "name": "拟电力公司", "code": "91330199TX0000001W"},
           "place": {"address": "拟州市拟路\(models.count)号"}}
          """
        let read = try SupplyForm(JSONDocument(parsing: Array(form.utf8)).root, today: Self.now.date)
        models.append(try await desk.evaluate(read, for: nil, at: moment).kept.application)
      }
    }
    return models
  }

  /// What of an order is its own.
  private struct Order {
    let number: Int
    var applied: Timestamp
    var connected: Timestamp?
    /// When that was noted.
    var noted: Timestamp?
    var archived: Timestamp?
    let channel: String
    let papers: (subject: String, property: String)
    var alike: [UInt8]
    var chain: Int64?

    init(_ number: Int, _ chance: inout Chance) {
      let now = OrderSite.now.timestamp(offsetSeconds: UTCOffset.china)
      self.number = number
      let days = Int.random(in: 10...OrderSite.days, using: &chance)
      applied = now.advanced(bySeconds: -days * 86_400 - Int.random(in: 0..<86_400, using: &chance))
      alike = (0..<32).map { _ in UInt8.random(in: 0...255, using: &chance) }
      channel = Int.random(in: 0..<5, using: &chance) == 0 ? "counter" : "online"
      papers = (
        Int.random(in: 0..<10, using: &chance) == 0 ? "material" : "certificate",
        ["certificate", "fetched", "material", "unchecked"].randomElement(using: &chance)!
      )
      // What is filed again was not carried out.
      let ended = applied.advanced(bySeconds: Int.random(in: 3600...40 * 86_400, using: &chance))
      let isLate = Int.random(in: 0..<20, using: &chance) == 0
      guard number % 20 != 0, ended < now else { return }
      connected = ended
      noted = ended.advanced(bySeconds: isLate ? 3 * 86_400 : 3600)
      archived = ended.advanced(bySeconds: 2 * 3600)
    }

    /// It is for the same as this one, some days later.
    mutating func follow(_ other: Order) {
      applied = other.applied.advanced(bySeconds: 5 * 86_400)
      (connected, noted, archived) = (nil, nil, nil)
      (alike, chain) = (other.alike, other.id)
    }

    var id: Int64 { Int64(number) + 1 }
  }

  private func prepare(order number: Int) throws -> PreparedPermitCase {
    var request = try PermitCases.request(number)
    request.number = number % 2 == 0 ? "B-\(number)" : "XK-\(number)"
    return try permits.prepare(request, by: policies)
  }

  private func open(
    _ prepared: PreparedPermitCase, for order: Order, _ project: [UInt8]?, _ chance: inout Chance,
    _ transaction: Transaction
  ) throws {
    let id = try permits.open(prepared, in: transaction, now: order.applied).id
    let opened = order.applied.civil(offsetSeconds: UTCOffset.china)
    try PermitCases.enter(id, opened, &chance, transaction)
    try transaction.execute(
      "UPDATE permit_case SET project = ?2 WHERE id = ?1", .int(id.rawValue), .blobOrNull(project))
    // Who reports the steps of the process as they happen.
    for (name, seconds) in [("contacted", 1200), ("accepted", 7200)] {
      let happened = opened.advanced(bySeconds: seconds)
      try transaction.execute(
        "INSERT INTO permit_step (permit_case, name, happened, learned) VALUES (?1, ?2, ?3, ?4)",
        .int(id.rawValue), .text(name), .text(happened.description),
        .int(happened.timestamp(offsetSeconds: UTCOffset.china).milliseconds))
    }
  }

  private func insert(
    _ order: Order, like model: SupplyApplicationID, _ project: [UInt8]?, _ transaction: Transaction
  ) throws {
    try transaction.execute(
      """
      INSERT INTO supply_application (id, number, region, applicant, content, form, created, changed)
      SELECT ?1, ?2, region, applicant, content, form, ?3, ?3 FROM supply_application WHERE id = ?4
      """, .int(order.id), .text("B-\(order.number)"), .int(order.applied.milliseconds), .int(model.rawValue))
    try transaction.execute(
      """
      INSERT INTO supply_order (application, number, region, channel, channel_changed, business, customer, is_booking, applied,
        applied_learned, applied_changed, connected, connected_learned, connected_changed, archived, subject, property,
        project, limits, project_token, chain, alike, permits, channel_learned, cases_until)
      SELECT ?1, ?2, region, ?5, 0, business, customer, 0, ?3, ?3, 0, ?6, ?7, 0, ?8, ?9, ?10, project, limits, ?11, ?12,
        ?13, permits, ?3, NULL
      FROM supply_order WHERE application = ?4
      """,
      [
        .int(order.id), .text("B-\(order.number)"), .int(order.applied.milliseconds), .int(model.rawValue),
        .text(order.channel), .intOrNull(order.connected?.milliseconds),
        .intOrNull(order.noted?.milliseconds), .intOrNull(order.archived?.milliseconds),
        .text(order.papers.subject), .text(order.papers.property), .blobOrNull(project),
        .intOrNull(order.chain), .blob(order.alike),
      ])
    // The one before it was filed first.
    if let chain = order.chain {
      try transaction.execute(
        "UPDATE supply_order SET chain = ?1 WHERE application = ?1", .int(chain))
    }
  }
}
