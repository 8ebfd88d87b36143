import Certificates
import Changes
public import CivilTime
import Registry
import SQLDatabase
import Work

/// Looks at the certificates that change, and has the applications judged anew that they may be about: all that are followed where the change feed does
/// not tell of all that changed.
public struct SupplyWatch: Sendable {
  private static let portion = 500

  private let desk: SupplyDesk
  private let following: SupplyFollowing
  private let now: @Sendable () -> Timestamp

  public init(
    _ desk: SupplyDesk, _ following: SupplyFollowing, now: @escaping @Sendable () -> Timestamp = { .now() }
  ) {
    self.desk = desk
    self.following = following
    self.now = now
  }

  /// Looks at what changed since the last look, and waits a while where nothing did.
  ///
  /// - Returns: how many applications are to be judged anew.
  @discardableResult
  public func look(waiting most: Duration = .zero) async throws -> Int {
    let (store, following, feed, moment) = (desk.store, following, following.changes, now())
    let (known, walked) = try await store.database.read { (try store.watched($0), try store.walked($0)) }
    if let known, let walked { return try await walk(from: known, after: walked, at: moment) }
    let place: Int64
    if let known { place = known } else { place = try await feed.end() }
    let page: ChangePage
    do {
      page = try await feed.page(
        after: place, kinds: [.certificateChanged], limit: Self.portion, waiting: most)
    } catch let error as ChangeError where error.code == .gone || error.code == .ahead {
      // So long nobody looked that the changes are gone, or a copy was restored: any certificate may be another.
      let end = try await feed.end()
      try await store.database.write { try store.watch(from: end, walked: 0, in: $0) }
      return try await walk(from: end, after: 0, at: moment)
    }
    guard known == nil || page.next != place else { return 0 }
    let tokens = try await tokens(of: page.changes)
    return try await store.database.write { transaction in
      let concerned = try store.concerned(by: tokens, transaction)
      for id in concerned {
        try following.follow(id, changesUpTo: page.next, in: transaction, now: moment)
      }
      try store.watch(from: page.next, in: transaction)
      return concerned.count
    }
  }

  /// Has the applications judged anew that are followed, whatever changed: a portion at a time.
  private func walk(from place: Int64, after walked: Int64, at moment: Timestamp) async throws -> Int {
    let (store, following) = (desk.store, following)
    return try await store.database.write { transaction in
      // Another process has gone on meanwhile.
      guard try store.watched(transaction) == place, try store.walked(transaction) == walked else { return 0 }
      let some = try store.followed(after: walked, limit: Self.portion, transaction)
      for id in some {
        try following.follow(
          id, because: "passed over \(place) \(moment.milliseconds)", in: transaction, now: moment)
      }
      let next = some.count < Self.portion ? nil : some.last?.rawValue
      try store.watch(from: place, walked: next, in: transaction)
      return some.count
    }
  }

  /// By which applications are found that these certificates may be about: what they are looked up by now, and that they were found before.
  private func tokens(of changes: [Change]) async throws -> Set<[UInt8]> {
    let store = desk.store
    // Opening a certificate is not for nothing, and a first pull changes a million of them.
    guard !changes.isEmpty, try await store.isAnyNoted() else { return [] }
    var tokens: Set<[UInt8]> = []
    for subject in Set(changes.map(\.subject)) {
      guard let id = CertificateID(rawValue: subject),
        let certificate = try await desk.registry.certificate(id)
      else { continue }
      tokens.insert(store.token(id))
      tokens.formUnion(certificate.record.lookupKeys.map(store.token))
    }
    return tokens
  }
}
