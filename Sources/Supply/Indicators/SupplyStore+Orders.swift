import CivilTime
import Crypto
import Exchanges
import Registry
import SQLDatabase

extension SupplyStore {
  private static let orderColumns =
    """
    application, number, region, channel, channel_changed, business, customer, is_booking, applied, applied_learned, \
    applied_changed, connected, connected_learned, connected_changed, archived, subject, property, project, limits, \
    project_token, chain, permits, channel_learned, cases_until
    """

  /// Keeps what an application counts by, in the caller's transaction, beside the verdict that says it. Of a connected order what was applied for stays,
  /// and papers may only come; when everything is met all of it stays, whatever is said later.
  func keep(
    _ sketch: OrderSketch, of id: SupplyApplicationID, in transaction: Transaction, now: Timestamp
  ) throws {
    let held = try self.entry(id, transaction)
    if try held != nil && followed(id, transaction) == nil { return }
    var entry = try held ?? newEntry(of: id, sketch, transaction, now: now)
    let before = try transaction.first(
      "SELECT alike FROM supply_order WHERE application = ?1", .int(id.rawValue)
    ) { $0.blob(0) }
    var alike = keys.blindIndex.token("supply.alike", sketch.alike)
    let isConnected = held?.connected != nil
    if !isConnected { entry.region = sketch.region }
    // How the customer applied is said with the application, not with the booking before it.
    let isAskedFor = held?.isBooking == true && sketch.isAskedFor(at: now)
    entry.isBooking = entry.isBooking && sketch.isBooking
    if let papers = sketch.papers {
      entry.papers = isConnected ? entry.papers?.filled(by: papers) ?? papers : papers.following(entry.papers)
    }
    (entry.project, entry.permits) = (sketch.line.project, sketch.line.permits)
    if isConnected, let before {
      alike = before
    } else if sketch.isLater, let before {
      // It stays what was applied for: a later step only fills in what was not said.
      alike = before
      entry.business = entry.business ?? sketch.business
      entry.customer = entry.customer ?? sketch.customer
      entry.limits = try entry.limits ?? limitsID(sketch.limits, transaction)
    } else {
      (entry.business, entry.customer) = (sketch.business, sketch.customer)
      entry.limits = try limitsID(sketch.limits, transaction)
    }
    if let channel = sketch.channel, channel != entry.channel {
      entry.isChannelChanged = entry.isChannelChanged || entry.channel != nil
      (entry.channel, entry.channelLearned) = (channel, isAskedFor ? nil : now)
    }
    if let applied = sketch.applied, applied != entry.applied.happened {
      entry.applied.isChanged = true
      // It began when it was first said to have: another beginning is no new start.
      if applied < entry.applied.happened {
        (entry.applied.happened, entry.applied.learned) = (applied, now)
      }
    }
    try write(entry, alike, in: transaction)
    guard before != alike || held?.applied.happened != entry.applied.happened else { return }
    try chain(alike, in: transaction)
    if let before, before != alike { try chain(before, in: transaction) }
  }

  /// Of an application that is kept, and of which nothing is counted yet.
  private func newEntry(
    of id: SupplyApplicationID, _ sketch: OrderSketch, _ reader: Reader, now: Timestamp
  ) throws -> OrderEntry {
    let kept = try reader.first(
      "SELECT number, created FROM supply_application WHERE id = ?1", .int(id.rawValue)
    ) { ($0.text(0), Timestamp(milliseconds: $0.int(1))) }
    guard let (number, created) = kept else { throw Self.notFound(id) }
    let archive = try archive(id, reader)
    let connected = try (archive?.standing.connection.connected).map {
      OrderEntry.Moment($0, learned: try firstNoted(id, connected: $0, reader))
    }
    return OrderEntry(
      application: id, number: number, region: sketch.region, isBooking: sketch.isBooking,
      applied: OrderEntry.Moment(sketch.applied ?? created, learned: created),
      connected: connected, archived: archive?.standing.archived, casesUntil: archive?.casesUntil)
  }

  /// Brings together anew what was filed again of those of one customer, address and business.
  private func chain(_ alike: [UInt8], in transaction: Transaction) throws {
    let known = try transaction.query(
      "SELECT application, applied, connected, chain FROM supply_order WHERE alike = ?1 ORDER BY applied, application",
      .blob(alike)
    ) {
      OrderLink(
        application: $0.int(0), applied: $0.int(1), connected: $0.intOrNull(2), chain: $0.intOrNull(3))
    }
    for (link, chain) in zip(known, OrderLink.chains(of: known)) where link.chain != chain {
      try transaction.execute(
        "UPDATE supply_order SET chain = ?2 WHERE application = ?1", .int(link.application),
        .intOrNull(chain))
    }
  }

  private func write(
    _ entry: OrderEntry, _ alike: [UInt8], in transaction: Transaction
  ) throws {
    let values: [SQLValue] = [
      .int(entry.application.rawValue), .text(entry.region), .textOrNull(entry.channel?.rawValue),
      .flag(entry.isChannelChanged), .textOrNull(entry.business), .textOrNull(entry.customer),
      .flag(entry.isBooking), .int(entry.applied.happened.milliseconds),
      .int(entry.applied.learned.milliseconds), .flag(entry.applied.isChanged),
      .intOrNull(entry.connected?.happened.milliseconds), .intOrNull(entry.connected?.learned.milliseconds),
      .flag(entry.connected?.isChanged ?? false), .intOrNull(entry.archived?.milliseconds),
      .textOrNull(entry.papers?.subject.word), .textOrNull(entry.papers?.property.word),
      .textOrNull(entry.papers?.project.word), .intOrNull(entry.limits), .blobOrNull(entry.project),
      .intOrNull(entry.chain), .blob(alike), .text(entry.number), .text(entry.permits.rawValue),
      .intOrNull(entry.channelLearned?.milliseconds), .intOrNull(entry.casesUntil?.milliseconds),
    ]
    try transaction.execute(
      """
      INSERT INTO supply_order (application, region, channel, channel_changed, business, customer, is_booking, applied,
        applied_learned, applied_changed, connected, connected_learned, connected_changed, archived, subject, property,
        project, limits, project_token, chain, alike, number, permits, channel_learned, cases_until)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
        ?23, ?24, ?25)
      ON CONFLICT (application) DO UPDATE SET region = ?2, channel = ?3, channel_changed = ?4, business = ?5,
        customer = ?6, is_booking = ?7, applied = ?8, applied_learned = ?9, applied_changed = ?10, connected = ?11,
        connected_learned = ?12, connected_changed = ?13, archived = ?14, subject = ?15, property = ?16, project = ?17,
        limits = ?18, project_token = ?19, chain = ?20, alike = ?21, permits = ?23, channel_learned = ?24, cases_until = ?25
      """, values)
  }

  private func limitsID(_ limits: [OrderLimit], _ transaction: Transaction) throws -> Int64? {
    guard !limits.isEmpty else { return nil }
    let text = OrderLimit.text(limits)
    func known() throws -> Int64? {
      try transaction.first("SELECT id FROM supply_limits WHERE rules = ?1", .text(text)) { $0.int(0) }
    }
    if let id = try known() { return id }
    try transaction.execute(
      "INSERT INTO supply_limits (rules) VALUES (?1) ON CONFLICT (rules) DO NOTHING", .text(text))
    return try known()
  }

  /// Notes in what an application counts by that it is connected, and when that moment was noted first.
  func count(
    _ id: SupplyApplicationID, connected moment: Timestamp, noted: Timestamp, in transaction: Transaction
  ) throws {
    try transaction.execute(
      """
      UPDATE supply_order SET connected_changed =
          CASE WHEN connected IS NULL OR connected = ?2 THEN connected_changed ELSE 1 END,
        cases_until = CASE WHEN connected = ?2 THEN cases_until END,
        connected_learned = ?3, connected = ?2, archived = NULL WHERE application = ?1
      """, .int(id.rawValue), .int(moment.milliseconds), .int(noted.milliseconds))
  }

  func count(_ id: SupplyApplicationID, archived: Timestamp?, in transaction: Transaction) throws {
    try transaction.execute(
      "UPDATE supply_order SET archived = ?2 WHERE application = ?1", .int(id.rawValue),
      .intOrNull(archived?.milliseconds))
  }

  // Reading

  /// A place among the orders of a moment.
  struct OrderPlace: Hashable, Comparable, Sendable {
    let moment: Int64
    let application: Int64

    init(moment: Int64, application: Int64) {
      self.moment = moment
      self.application = application
    }

    init?(_ entry: OrderEntry, _ moment: IndicatorMoment) {
      let happened = moment == .applied ? entry.applied.happened : entry.connected?.happened
      guard let happened else { return nil }
      self.init(moment: happened.milliseconds, application: entry.application.rawValue)
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.moment, left.application) < (right.moment, right.application)
    }
  }

  /// Applications in the order of a moment, behind a place.
  func entries(
    _ moment: IndicatorMoment, after place: OrderPlace, before end: Timestamp, limit: Int, _ reader: Reader
  ) throws -> [OrderEntry] {
    // The words of the moments are the names of their columns.
    let column = moment.rawValue
    return try reader.query(
      """
      SELECT \(Self.orderColumns) FROM supply_order
      WHERE (\(column), application) > (?1, ?2) AND \(column) < ?3 ORDER BY \(column), application LIMIT ?4
      """, .int(place.moment), .int(place.application), .int(end.milliseconds), .int(limit)
    ) { try OrderEntry($0) }
  }

  func entry(_ id: SupplyApplicationID, _ reader: Reader) throws -> OrderEntry? {
    try reader.first(
      "SELECT \(Self.orderColumns) FROM supply_order WHERE application = ?1", .int(id.rawValue)
    ) { try OrderEntry($0) }
  }

  /// The numbers of the applications that are one order with this one; none where nothing of it is counted yet.
  func numbers(ofOrderWith id: SupplyApplicationID, _ reader: Reader) throws -> Set<String> {
    guard let entry = try entry(id, reader) else { return [] }
    guard let chain = entry.chain else { return [entry.number] }
    let orders = SupplyOrder.all(of: try self.chain(chain, reader))
    let order = orders.first { $0.entries.contains { $0.application == id } }
    return Set(order?.entries.map(\.number) ?? [])
  }

  /// Whether an application has this number.
  func isNumber(_ number: String, _ reader: Reader) throws -> Bool {
    try reader.first("SELECT 1 FROM supply_application WHERE number = ?1", .text(number)) { _ in true }
      ?? false
  }

  func chain(_ chain: Int64, _ reader: Reader) throws -> [OrderEntry] {
    try reader.query(
      "SELECT \(Self.orderColumns) FROM supply_order WHERE chain = ?1", .int(chain)
    ) { try OrderEntry($0) }
  }

  func place(
    of id: SupplyApplicationID, _ moment: IndicatorMoment, _ reader: Reader
  ) throws -> OrderPlace {
    guard let entry = try entry(id, reader), let place = OrderPlace(entry, moment) else {
      throw SupplyError(
        .notFound, "application \(id) is no order to go on behind", remedy: "take 'next' of the page before")
    }
    return place
  }

  func limits(_ id: Int64, _ reader: Reader) throws -> [OrderLimit] {
    let text = try reader.first("SELECT rules FROM supply_limits WHERE id = ?1", .int(id)) { $0.text(0) }
    guard let limits = text.flatMap({ OrderLimit.read($0) }) else {
      throw SupplyError.unreadable("the limits \(id) of applications")
    }
    return limits
  }

  /// Applications that came in these months and count nothing.
  func unread(_ query: IndicatorQuery, _ reader: Reader) throws -> Int {
    let region = query.region ?? ""
    return Int(
      try reader.int(
        """
        SELECT count(*) FROM supply_application AS a WHERE a.created >= ?1 AND a.created < ?2
          AND substr(a.region, 1, length(?3)) = ?3
          AND NOT EXISTS (SELECT 1 FROM supply_order AS o WHERE o.application = a.id)
        """, .int(query.from.start.milliseconds), .int(query.through.next.start.milliseconds), .text(region)))
  }
}

extension OrderEntry {
  fileprivate init(_ row: borrowing Row) throws(SupplyError) {
    let unreadable = SupplyError.unreadable("what application \(row.int(0)) counts by")
    var channel: SupplyChannel?
    if let word = row.textOrNull(3) {
      guard let known = SupplyChannel(rawValue: word) else { throw unreadable }
      channel = known
    }
    guard let applied = Moment(row, at: 8) else { throw unreadable }
    var papers: OrderPapers?
    if let subject = row.textOrNull(15), let property = row.textOrNull(16), let project = row.textOrNull(17) {
      papers = OrderPapers(
        subject: OrderPaper(subject), property: OrderPaper(property), project: OrderPaper(project))
    }
    var permits = PermitNeed.unknown
    if let word = row.textOrNull(21) {
      guard let known = PermitNeed(rawValue: word) else { throw unreadable }
      permits = known
    }
    self.init(
      application: SupplyApplicationID(rawValue: row.int(0)), number: row.text(1), region: row.text(2),
      channel: channel, isChannelChanged: row.flag(4),
      channelLearned: row.intOrNull(22).map { Timestamp(milliseconds: $0) }, business: row.textOrNull(5),
      customer: row.textOrNull(6), isBooking: row.flag(7), applied: applied, connected: Moment(row, at: 11),
      archived: row.intOrNull(14).map { Timestamp(milliseconds: $0) },
      casesUntil: row.intOrNull(23).map { Timestamp(milliseconds: $0) }, papers: papers,
      limits: row.intOrNull(18), project: row.blobOrNull(19), permits: permits, chain: row.intOrNull(20))
  }
}

extension OrderEntry.Moment {
  /// Three columns: when it happened, when it was learned, whether another one was said before.
  fileprivate init?(_ row: borrowing Row, at column: Int) {
    guard let happened = row.intOrNull(column) else { return nil }
    self.init(
      Timestamp(milliseconds: happened), learned: Timestamp(milliseconds: row.int(column + 1)),
      isChanged: row.flag(column + 2))
  }
}
