import CivilTime
import Crypto
import Registry
import SQLDatabase

/// What applications count by, written beside what is noted of them.
extension SupplyStore {
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
    // A booking that is said once more behind the application says nothing of that.
    let isOver = sketch.isBooking && !entry.isBooking
    if entry.isBooking, !sketch.isBooking {
      entry.booking = entry.limits.map { OrderEntry.Booking(requested: entry.applied, limits: $0) }
    }
    if !isConnected, !isOver {
      entry.region = sketch.region
      // Nobody had applied yet: how and when the customer does is said with this form, and what was said of the booking is not changed by it.
      if entry.isBooking, sketch.isAskedFor {
        let came = try formCame(id, transaction)
        entry.applied = OrderEntry.Moment(sketch.applied ?? came, learned: came)
        (entry.channel, entry.channelLearned, entry.isChannelChanged) = (nil, nil, false)
      }
    }
    entry.isBooking = entry.isBooking && sketch.isBooking
    if let papers = sketch.papers {
      entry.papers = isConnected ? entry.papers?.filled(by: papers) ?? papers : papers.following(entry.papers)
    }
    (entry.project, entry.permits) = (sketch.line.project, sketch.line.permits)
    if isConnected, let before {
      alike = before
    } else if sketch.isLater || isOver, let before {
      // It stays what was applied for: a later step only fills in what was not said.
      alike = before
      entry.business = entry.business ?? sketch.business
      entry.customer = entry.customer ?? sketch.customer
      entry.limits = try entry.limits ?? limitsID(sketch.limits, transaction)
    } else {
      (entry.business, entry.customer) = (sketch.business, sketch.customer)
      entry.limits = try limitsID(sketch.limits, transaction)
    }
    if !isOver, let channel = sketch.channel, channel != entry.channel {
      entry.isChannelChanged = entry.isChannelChanged || entry.channel != nil
      (entry.channel, entry.channelLearned) = (channel, try formCame(id, transaction))
    }
    if !isOver, let applied = sketch.applied, applied != entry.applied.happened {
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

  /// When the form that an application has came.
  private func formCame(_ id: SupplyApplicationID, _ reader: Reader) throws -> Timestamp {
    Timestamp(
      milliseconds: try reader.int(
        "SELECT changed FROM supply_application WHERE id = ?1", .int(id.rawValue)))
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
      .intOrNull(entry.booking?.requested.happened.milliseconds),
      .intOrNull(entry.booking?.requested.learned.milliseconds),
      .flag(entry.booking?.requested.isChanged ?? false), .intOrNull(entry.booking?.limits),
    ]
    try transaction.execute(
      """
      INSERT INTO supply_order (application, region, channel, channel_changed, business, customer, is_booking, applied,
        applied_learned, applied_changed, connected, connected_learned, connected_changed, archived, subject, property,
        project, limits, project_token, chain, alike, number, permits, channel_learned, cases_until, booked,
        booked_learned, booked_changed, booked_limits)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
        ?23, ?24, ?25, ?26, ?27, ?28, ?29)
      ON CONFLICT (application) DO UPDATE SET region = ?2, channel = ?3, channel_changed = ?4, business = ?5,
        customer = ?6, is_booking = ?7, applied = ?8, applied_learned = ?9, applied_changed = ?10, connected = ?11,
        connected_learned = ?12, connected_changed = ?13, archived = ?14, subject = ?15, property = ?16, project = ?17,
        limits = ?18, project_token = ?19, chain = ?20, alike = ?21, permits = ?23, channel_learned = ?24, cases_until = ?25,
        booked = ?26, booked_learned = ?27, booked_changed = ?28, booked_limits = ?29
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
}
