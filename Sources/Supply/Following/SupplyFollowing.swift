public import Changes
import CivilTime
import Documents
import Exchanges
import Policies
import SQLDatabase
public import Work

/// What brings verdicts to an end that could not be one in time, and keeps them true when certificates change: work of the queue, which survives the process.
public final class SupplyFollowing: Sendable {
  /// So long after its form last changed, or the connection was noted, platforms are asked for what could not be told. What changes is followed until the customer is connected.
  public static let longest = 180 * 86_400
  static let lane = "supply"

  let queue: WorkQueue
  let changes: ChangeFeed

  public init(queue: WorkQueue, changes: ChangeFeed) {
    self.queue = queue
    self.changes = changes
  }

  /// What could not be told is looked at again, for as long as it cannot: platforms that did not answer in time are asked, at once; what others do not
  /// tell is waited for. One errand for an application, in a sequence of its own: what changes meanwhile does not wait behind it.
  ///
  /// - Parameter hastens: an errand that waits is done now.
  func follow(
    _ id: SupplyApplicationID, version: Int, isAsked: Bool, hastens: Bool, in transaction: Transaction,
    now: Timestamp
  ) throws {
    let sequence = "supply/\(id)/open"
    if let waiting = try queue.head(of: sequence, in: transaction) {
      if hastens { try queue.hasten(waiting.id, in: transaction, now: now) }
      return
    }
    let pause = isAsked ? 0 : SupplyHandler.wait(since: now, at: now, isAsked: false)
    try enqueue(
      SupplyErrand(application: id, since: now, kind: .open), "open \(version) \(now.milliseconds)",
      sequence: sequence, notBefore: now.advanced(bySeconds: pause), in: transaction, now)
  }

  /// What is in doubt has platforms asked again, seldom: what settles it may be registered any day. One errand for an application, in a sequence of its own.
  func follow(
    doubtOf id: SupplyApplicationID, version: Int, in transaction: Transaction, now: Timestamp
  ) throws {
    let sequence = "supply/\(id)/doubt"
    guard try queue.head(of: sequence, in: transaction) == nil else { return }
    try enqueue(
      SupplyErrand(application: id, since: now, kind: .doubt), "doubt \(version) \(now.milliseconds)",
      sequence: sequence, notBefore: now.advanced(bySeconds: SupplyHandler.longestWait), in: transaction, now)
  }

  /// A form is kept, and its verdict not yet. In a sequence of its own, behind the time that platforms are waited for.
  ///
  /// - Parameter budget: so long they are.
  func follow(
    formOf id: SupplyApplicationID, waitedFor budget: Duration, in transaction: Transaction, now: Timestamp
  ) throws {
    let pause = Double(budget.components.seconds) + Self.grace
    try enqueue(
      SupplyErrand(application: id, since: now), "form \(now.milliseconds)", sequence: Self.forms(of: id),
      notBefore: now.advanced(bySeconds: pause), in: transaction, now)
  }

  /// The form that is kept has its verdict.
  func formIsJudged(_ id: SupplyApplicationID, in transaction: Transaction, now: Timestamp) throws {
    try queue.cancelAll(of: Self.forms(of: id), in: transaction, now: now)
  }

  /// So many seconds behind the budget whoever asked has kept the verdict, or has gone away.
  static let grace = 30.0

  private static func forms(of id: SupplyApplicationID) -> String { "supply/\(id)/form" }

  /// Certificates have changed that may be about it.
  func follow(
    _ id: SupplyApplicationID, changesUpTo place: Int64, in transaction: Transaction, now: Timestamp
  ) throws {
    try follow(id, because: "changes \(place)", kind: .change, in: transaction, now: now)
  }

  /// Platforms were asked because certificates had changed, and are not for the same reason again before a while has passed: what they tell may be what
  /// changes. In a sequence of its own.
  func follow(restOf id: SupplyApplicationID, in transaction: Transaction, now: Timestamp) throws {
    try enqueue(
      SupplyErrand(application: id, since: now, kind: .rest), "rest \(now.milliseconds)",
      sequence: Self.rests(of: id), notBefore: now.advanced(bySeconds: Self.rest), in: transaction, now)
  }

  /// Whether they were asked a moment ago.
  func isResting(_ id: SupplyApplicationID, _ reader: Reader) throws -> Bool {
    try queue.hasHead(of: Self.rests(of: id), in: reader)
  }

  /// So many seconds lie at least between two times that changes have platforms asked.
  static let rest = 600.0

  private static func rests(of id: SupplyApplicationID) -> String { "supply/\(id)/rest" }

  /// At that moment something ends that the verdict rests on. In no sequence: nothing waits behind it.
  func follow(
    _ id: SupplyApplicationID, atTheEnd moment: Timestamp, in transaction: Transaction, now: Timestamp
  ) throws {
    try enqueue(
      SupplyErrand(application: id, since: now, kind: .end), "end \(moment.milliseconds)", sequence: nil,
      notBefore: moment, in: transaction, now)
  }

  /// Something that the application rests on, or waits for, was given or taken back.
  ///
  /// - Parameter cause: what it was; the same once more is nothing new.
  func follow(
    _ id: SupplyApplicationID, because cause: String, kind: SupplyErrand.Kind? = nil,
    in transaction: Transaction, now: Timestamp
  ) throws {
    try enqueue(SupplyErrand(application: id, since: now, kind: kind), cause, in: transaction, now)
  }

  /// Tells that an application stands otherwise than before.
  func tell(
    _ told: (version: Int, verdict: Verdict), of id: SupplyApplicationID, in transaction: Transaction,
    at moment: Timestamp
  ) throws {
    try changes.append(
      [
        NewChange(
          .supplyChanged, "supply-\(id)",
          [
            "version": .number(told.version), "level": (told.verdict.level?.rawValue).map { .word($0) },
            "final": .word(told.verdict.isFinal ? "true" : "false"),
          ])
      ], in: transaction, at: moment)
  }

  private func enqueue(
    _ errand: SupplyErrand, _ cause: String, in transaction: Transaction, _ now: Timestamp
  ) throws {
    try enqueue(
      errand, cause, sequence: "supply/\(errand.application)", notBefore: now, in: transaction, now)
  }

  private func enqueue(
    _ errand: SupplyErrand, _ cause: String, sequence: String?, notBefore: Timestamp,
    in transaction: Transaction, _ now: Timestamp
  ) throws {
    _ = try queue.enqueue(
      NewWork(
        kind: .supply, lane: Self.lane, sequence: sequence,
        businessKey: Array("\(errand.application)".utf8), contentDigest: Array(cause.utf8),
        payload: errand.encoded, notBefore: notBefore),
      in: transaction, now: now)
  }
}

/// What is to be done about one application.
struct SupplyErrand: Hashable, Sendable {
  /// The raw value is stored and never changed.
  enum Kind: String, Sendable {
    /// It is done again until everything could be told.
    case open
    /// It is done again until nothing is in doubt.
    case doubt
    /// Something ends that a verdict rests on. Of no matter once the customer is connected.
    case end
    /// Certificates have changed: platforms are asked where something stands otherwise by what is known.
    case change
    /// Platforms were asked because of that, and are once more where another verdict came since.
    case rest
  }

  let application: SupplyApplicationID
  let since: Timestamp
  let kind: Kind?

  init(application: SupplyApplicationID, since: Timestamp, kind: Kind? = nil) {
    self.application = application
    self.since = since
    self.kind = kind
  }

  var encoded: [UInt8] {
    Array("\(application) \(since.milliseconds)\(kind.map { " \($0.rawValue)" } ?? "")".utf8)
  }

  init?(decoding bytes: [UInt8]) {
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard (2...3).contains(parts.count), let id = Int64(parts[0]), let since = Int64(parts[1]) else {
      return nil
    }
    let kind = parts.count == 3 ? Kind(rawValue: String(parts[2])) : nil
    guard parts.count == 2 || kind != nil else { return nil }
    self.init(
      application: SupplyApplicationID(rawValue: id), since: Timestamp(milliseconds: since), kind: kind)
  }
}
