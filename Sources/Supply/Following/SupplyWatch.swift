import Certificates
import Changes
public import CivilTime
import Registry
import SQLDatabase
import Work

/// Looks at the certificates that change, and has the applications judged anew that they may be about.
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
    let known = try await store.database.read { try store.watched($0) }
    let place: Int64
    if let known { place = known } else { place = try await feed.end() }
    let page: ChangePage
    do {
      page = try await feed.page(
        after: place, kinds: [.certificateChanged], limit: Self.portion, waiting: most)
    } catch let error as ChangeError where error.code == .gone || error.code == .ahead {
      // So long nobody looked that the changes are gone, or a copy was restored: what came meanwhile shows when it is asked for next.
      let end = try await feed.end()
      try await store.database.write { try store.watch(from: end, in: $0) }
      return 0
    }
    guard known == nil || page.next != place else { return 0 }
    let oldest = moment.advanced(bySeconds: -SupplyFollowing.longest)
    let tokens = try await tokens(of: page.changes, changedSince: oldest)
    return try await store.database.write { transaction in
      let concerned = try store.concerned(by: tokens, changedSince: oldest, transaction)
      for id in concerned {
        try following.follow(id, changesUpTo: page.next, in: transaction, now: moment)
      }
      try store.watch(from: page.next, in: transaction)
      return concerned.count
    }
  }

  /// By which applications are found that these certificates may be about: what they are looked up by now, and that they were found before.
  private func tokens(of changes: [Change], changedSince oldest: Timestamp) async throws -> Set<[UInt8]> {
    let store = desk.store
    // Opening a certificate is not for nothing, and a first pull changes a million of them.
    guard !changes.isEmpty, try await store.isAnyFollowed(changedSince: oldest) else { return [] }
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
