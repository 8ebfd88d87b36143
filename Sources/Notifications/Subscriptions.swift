public import Changes
public import CivilTime
public import Crypto
import Documents
import Exchanges
public import HTTPTransport
public import SQLDatabase
public import Work

/// Who is told of changes.
///
/// The feed keeps what each of them is still to be told; a subscription only knows how far it is. While there is something to tell it has one item of work, which
/// reads on from there. The transaction that appends a change makes that item for those who rest, so neither is kept without the other, and costs nothing more for
/// those who are behind.
public final class Subscriptions: Sendable {
  /// Of one consumer.
  public static let most = 16

  public let feed: ChangeFeed
  public let queue: WorkQueue
  var database: Database { feed.database }
  private let sealer: Sealer
  private let destinations: EgressPolicy
  let visible: @Sendable (_ consumer: String) -> Set<ChangeKind>?
  let now: @Sendable () -> Timestamp
  let random: @Sendable (Int) -> [UInt8]

  /// The database must have been migrated with ``SubscriptionSchema``. Nobody is told of anything before ``follow()``.
  ///
  /// - Parameters:
  ///   - sealer: seals addresses and secrets.
  ///   - destinations: where receivers may be.
  ///   - visible: the kinds that a consumer of this site may see; nil where it has no such consumer.
  public init(
    feed: ChangeFeed, queue: WorkQueue, sealer: Sealer, destinations: EgressPolicy,
    visible: @escaping @Sendable (_ consumer: String) -> Set<ChangeKind>?,
    now: @escaping @Sendable () -> Timestamp = { .now() },
    random: @escaping @Sendable (Int) -> [UInt8] = { SecureRandom.bytes($0) }
  ) {
    self.feed = feed
    self.queue = queue
    self.sealer = sealer
    self.destinations = destinations
    self.visible = visible
    self.now = now
    self.random = random
  }

  /// From now on what is appended to the feed makes work for those who want it. Once for each feed, which holds on to it: a feed is made once for each process.
  public func follow() {
    feed.follow { changes, transaction in try self.wake(for: changes, transaction) }
  }

  /// Makes a subscription to what comes from now on.
  ///
  /// - Parameters:
  ///   - kinds: nil: all that the consumer may see.
  ///   - keep: writes down that it was done, in the same transaction.
  /// - Returns: the subscription, and its secret, which is never shown again.
  /// - Throws: `SubscriptionError` `unfit` for an address the site does not send to, `notNow` where the consumer has too many.
  public func create(
    for consumer: String, url: String, kinds: Set<ChangeKind>?,
    keep: @escaping @Sendable (SubscriptionID, Transaction) throws -> Void = { _, _ in }
  ) async throws -> (subscription: Subscription, secret: WebhookSecret) {
    try check(url)
    let secret = WebhookSecret(key: random(WebhookSecret.length))
    let (moment, sealer) = (now(), sealer)
    let words = (kinds ?? []).map(\.rawValue).sorted().joined(separator: ",")
    let subscription = try await database.write { transaction in
      let count = try transaction.int(
        "SELECT count(*) FROM subscription WHERE consumer = ?1", .text(consumer))
      guard count < Self.most else {
        throw SubscriptionError(
          .notNow, "\(consumer) has \(count) subscriptions already", remedy: "delete one that is not needed")
      }
      let end = try ChangeFeed.hold(in: transaction)
      // The number is a part of the place that is sealed for.
      let id = try transaction.first(
        """
        INSERT INTO subscription (consumer, kinds, state, created, delivered, resting, failures, refusals,
          skipped, sealed)
        VALUES (?1, ?2, 'active', ?3, ?4, 1, 0, 0, 0, ?5) RETURNING id
        """, .text(consumer), .text(words), .int(moment.milliseconds), .int(end), .blob([])
      ) { SubscriptionID(rawValue: $0.int(0)) }
      guard let id else { throw DatabaseError(.other, "The insert of a subscription returned no id.") }
      try transaction.execute(
        "UPDATE subscription SET sealed = ?2 WHERE id = ?1", .int(id.rawValue),
        .blob(sealer.seal(Self.sealedPart(url, secret), context: Self.context(id))))
      try keep(id, transaction)
      return try Self.require(id, of: nil, transaction)
    }
    return (subscription, secret)
  }

  /// Ends a subscription and takes out its work. Its address and secret need not open.
  @discardableResult
  public func delete(_ id: SubscriptionID, of consumer: String? = nil) async throws -> Subscription {
    let (queue, moment) = (queue, now())
    return try await database.write { transaction in
      let subscription = try Self.require(id, of: consumer, transaction)
      try queue.cancelAll(of: subscription.sequence, in: transaction, now: moment)
      try transaction.execute("DELETE FROM subscription WHERE id = ?1", .int(id.rawValue))
      return subscription
    }
  }

  /// In the order in which they were made.
  ///
  /// - Parameter consumer: only those of this one.
  public func list(of consumer: String? = nil) async throws -> [Subscription] {
    try await database.read { reader in
      try reader.query(
        "SELECT \(Subscription.columns) FROM subscription WHERE ?1 = '' OR consumer = ?1 ORDER BY id",
        .text(consumer ?? "")
      ) { Subscription($0) }
    }
  }

  public func subscription(_ id: SubscriptionID, of consumer: String? = nil) async throws -> Subscription {
    try await database.read { try Self.require(id, of: consumer, $0) }
  }

  /// Where it is told. For its consumer and for operators, not for logs.
  public func url(of id: SubscriptionID) async throws -> String {
    try await database.read { try self.receiver(of: id, $0).url }
  }

  func receiver(of id: SubscriptionID, _ reader: Reader) throws -> (url: String, secret: WebhookSecret) {
    let sealed = try reader.first("SELECT sealed FROM subscription WHERE id = ?1", .int(id.rawValue)) {
      $0.blob(0)
    }
    guard let sealed else { throw Self.notFound(id) }
    let json = try JSONDocument(parsing: try sealer.open(sealed, context: Self.context(id)))
    guard let url = json.root["url"]?.string,
      let secret = json.root["secret"]?.string.flatMap({ WebhookSecret(text: $0) })
    else {
      throw SubscriptionError(
        .unreadable, "the address of subscription \(id) cannot be read",
        remedy: "delete it and subscribe again")
    }
    return (url, secret)
  }

  /// Brings addresses and secrets under the current key after a rotation. Returns how many were sealed anew.
  public func resealOutdated() async throws -> Int {
    let sealer = sealer
    return try await database.write { transaction in
      let rows = try transaction.query("SELECT id, sealed FROM subscription ORDER BY id") {
        (id: SubscriptionID(rawValue: $0.int(0)), sealed: $0.blob(1))
      }
      var resealed = 0
      for row in rows where try sealer.isOutdated(row.sealed) {
        let plain = try sealer.open(row.sealed, context: Self.context(row.id))
        try transaction.execute(
          "UPDATE subscription SET sealed = ?2 WHERE id = ?1", .int(row.id.rawValue),
          .blob(sealer.seal(plain, context: Self.context(row.id))))
        resealed += 1
      }
      return resealed
    }
  }

  static func require(_ id: SubscriptionID, of consumer: String?, _ reader: Reader) throws -> Subscription {
    let found = try find(id, reader)
    // Of others' subscriptions it is not told that there are any.
    guard let found, consumer == nil || found.consumer == consumer else { throw notFound(id) }
    return found
  }

  static func find(_ id: SubscriptionID, _ reader: Reader) throws -> Subscription? {
    try reader.first(
      "SELECT \(Subscription.columns) FROM subscription WHERE id = ?1", .int(id.rawValue)
    ) { Subscription($0) }
  }

  private static func notFound(_ id: SubscriptionID) -> SubscriptionError {
    SubscriptionError(
      .notFound, "there is no subscription \(id)", remedy: "'subscription list' shows those there are")
  }

  private static func context(_ id: SubscriptionID) -> String { "subscription.sealed|\(id)" }

  private static func sealedPart(_ url: String, _ secret: WebhookSecret) -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("url", url)
      $0.member("secret", secret.text)
    }
    return writer.takeBytes()
  }

  /// Messages go only where the site says, and not in clear over a network.
  private func check(_ url: String) throws(SubscriptionError) {
    do throws(TransportError) {
      guard url.utf8.count <= 2_000 else {
        throw TransportError(
          code: .invalidURL, message: "the address is too long", remedy: "Use at most 2,000 bytes.")
      }
      try destinations.check(url)
    } catch {
      let remedy =
        error.code == .egressRefused
        ? "the site has to name the receiver in changes.receivers of its configuration" : error.remedy
      throw SubscriptionError(.unfit, error.message, remedy: remedy)
    }
    guard url.lowercased().hasPrefix("https://") || Self.isOnThisMachine(url) else {
      throw SubscriptionError(
        .unfit, "the address is not https", remedy: "http is for receivers on this machine only")
    }
  }

  private static func isOnThisMachine(_ url: String) -> Bool {
    ["127.0.0.1", "[::1]", "localhost"].contains { host in
      let start = "http://" + host
      guard url.lowercased().hasPrefix(start) else { return false }
      return url.utf8.dropFirst(start.utf8.count).first.map { [0x2F, 0x3A, 0x3F].contains($0) } ?? true
    }
  }
}
