import CivilTime
import SQLDatabase

extension OrderEntry {
  /// In the order in which they are read.
  static let columns =
    """
    application, number, region, channel, channel_changed, business, customer, is_booking, applied, applied_learned, \
    applied_changed, connected, connected_learned, connected_changed, archived, subject, property, project, limits, \
    project_token, chain, permits, channel_learned, cases_until, booked, booked_learned, booked_changed, booked_limits
    """

  init(_ row: borrowing Row) throws(SupplyError) {
    let application = row.int(0)
    func unreadable() -> SupplyError { .unreadable("what application \(application) counts by") }
    var channel: SupplyChannel?
    if let word = row.textOrNull(3) {
      guard let known = SupplyChannel(rawValue: word) else { throw unreadable() }
      channel = known
    }
    guard let applied = Moment(row, at: 8) else { throw unreadable() }
    var papers: OrderPapers?
    if let subject = row.textOrNull(15), let property = row.textOrNull(16), let project = row.textOrNull(17) {
      papers = OrderPapers(
        subject: OrderPaper(subject), property: OrderPaper(property), project: OrderPaper(project))
    }
    var permits = PermitNeed.unknown
    if let word = row.textOrNull(21) {
      guard let known = PermitNeed(rawValue: word) else { throw unreadable() }
      permits = known
    }
    let booking = Moment(row, at: 24).flatMap { requested in
      row.intOrNull(27).map { Booking(requested: requested, limits: $0) }
    }
    self.init(
      application: SupplyApplicationID(rawValue: application), number: row.text(1), region: row.text(2),
      channel: channel, isChannelChanged: row.flag(4),
      channelLearned: row.intOrNull(22).map { Timestamp(milliseconds: $0) }, business: row.textOrNull(5),
      customer: row.textOrNull(6), isBooking: row.flag(7), booking: booking, applied: applied,
      connected: Moment(row, at: 11),
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
