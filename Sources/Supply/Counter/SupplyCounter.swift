public import Authorisations
public import CivilTime
public import Exchanges
public import Materials
import Registry
public import SQLDatabase

/// Takes what customers hand in and agree to, and has the verdicts judged anew that wait for it or rest on it.
public final class SupplyCounter: Sendable {
  public let materials: Materials
  public let authorisations: Authorisations
  let store: SupplyStore
  let following: SupplyFollowing?

  /// - Parameter following: nil: verdicts are judged anew only when somebody asks.
  public init(store: SupplyStore, following: SupplyFollowing?) {
    materials = Materials(database: store.database, keys: store.keys)
    authorisations = Authorisations(database: store.database, keys: store.keys)
    self.store = store
    self.following = following
  }

  /// Keeps a material. The same once more is the one that is kept.
  ///
  /// - Parameter also: done in the transaction that keeps it, for the audit.
  /// - Throws: `MaterialError`: `unfit`, `differs`.
  public func handIn(
    _ new: NewMaterial, at now: Timestamp,
    also: @escaping @Sendable (Transaction, MaterialID) throws -> Void = { _, _ in }
  ) async throws -> (material: Material, isNew: Bool) {
    let prepared = try materials.prepare(new)
    let (id, isNew) = try await store.database.write { [self] transaction in
      let kept = try materials.keep(prepared, in: transaction, now: now)
      if kept.isNew || kept.isNewThere {
        let cause = "material \(kept.id)" + (kept.isNew ? "" : " for \(new.application ?? "")")
        try reopen(for: new.holder, cause, in: transaction, now: now)
      }
      try also(transaction, kept.id)
      return (kept.id, kept.isNew)
    }
    return (try await materials.material(id), isNew)
  }

  /// Takes a material back.
  ///
  /// - Throws: `MaterialError`: `notFound`, `erased`.
  public func withdraw(
    _ id: MaterialID, by signOff: SignOff, at now: Timestamp,
    also: @escaping @Sendable (Transaction, MaterialID) throws -> Void = { _, _ in }
  ) async throws -> Material {
    let holder = try await materials.material(id).details?.holder
    try await store.database.write { [self] transaction in
      if try materials.withdraw(id, by: signOff, in: transaction, now: now) {
        try reopen(for: holder, "material \(id) withdrawn", isTakenBack: true, in: transaction, now: now)
      }
      try also(transaction, id)
    }
    return try await materials.material(id)
  }

  /// Destroys a material.
  ///
  /// - Returns: whether it was not erased before.
  /// - Throws: `MaterialError.notFound`.
  public func erase(
    _ id: MaterialID, at now: Timestamp,
    also: @escaping @Sendable (Transaction, MaterialID) throws -> Void = { _, _ in }
  ) async throws -> Bool {
    let holder = try await materials.material(id).details?.holder
    return try await store.database.write { [self] transaction in
      guard try materials.erase(id, in: transaction, now: now) else { return false }
      try reopen(for: holder, "material \(id) erased", isTakenBack: true, in: transaction, now: now)
      try also(transaction, id)
      return true
    }
  }

  /// Keeps an authorisation. The same once more is the one that is kept, also where it was revoked since.
  ///
  /// - Throws: `AuthorisationError`: `unfit`, `erased`.
  public func authorise(
    _ new: NewAuthorisation, at now: Timestamp,
    also: @escaping @Sendable (Transaction, AuthorisationID) throws -> Void = { _, _ in }
  ) async throws -> (authorisation: Authorisation, isNew: Bool) {
    let (id, isNew) = try await store.database.write { [self] transaction in
      let kept = try authorisations.keep(new, in: transaction, now: now)
      if kept.isNew {
        try reopen(for: new.holder, "authorisation \(kept.id)", in: transaction, now: now)
      }
      try also(transaction, kept.id)
      return kept
    }
    return (try await authorisations.authorisation(id), isNew)
  }

  /// Revokes an authorisation: nothing is looked up or shown by it from now on.
  ///
  /// - Throws: `AuthorisationError`: `notFound`, `erased`.
  public func revoke(
    _ id: AuthorisationID, by signOff: SignOff, at now: Timestamp,
    also: @escaping @Sendable (Transaction, AuthorisationID) throws -> Void = { _, _ in }
  ) async throws -> Authorisation {
    let holder = try await authorisations.authorisation(id).holder
    try await store.database.write { [self] transaction in
      if try authorisations.revoke(id, by: signOff, in: transaction, now: now) {
        try reopen(for: holder, "authorisation \(id) revoked", isTakenBack: true, in: transaction, now: now)
      }
      try also(transaction, id)
    }
    return try await authorisations.authorisation(id)
  }

  /// Destroys who gave an authorisation; it holds no more.
  ///
  /// - Returns: whether it was not erased before.
  /// - Throws: `AuthorisationError.notFound`.
  public func erase(
    _ id: AuthorisationID, at now: Timestamp,
    also: @escaping @Sendable (Transaction, AuthorisationID) throws -> Void = { _, _ in }
  ) async throws -> Bool {
    let holder = try await authorisations.authorisation(id).holder
    return try await store.database.write { [self] transaction in
      guard try authorisations.erase(id, in: transaction, now: now) else { return false }
      try reopen(for: holder, "authorisation \(id) erased", isTakenBack: true, in: transaction, now: now)
      try also(transaction, id)
      return true
    }
  }

  /// Has the applications judged anew that somebody has a part in.
  ///
  /// - Parameter isTakenBack: what they may rest on was; also of those that are followed no more because the customer is connected.
  func reopen(
    for holder: PaperHolder?, _ cause: String, isTakenBack: Bool = false, in transaction: Transaction,
    now: Timestamp
  ) throws {
    // Whoever judges just now has perhaps read what was before.
    try store.papersChanged(in: transaction)
    guard let following, let holder else { return }
    let tokens = Set(store.tokens(reopenedBy: holder))
    for id in try store.concerned(by: tokens, withConnected: isTakenBack, transaction) {
      try following.follow(id, because: cause, in: transaction, now: now)
    }
  }
}

extension SupplyStore {
  private static let holderDomain = "supply.holder"

  /// By which an application is found that somebody has a part in.
  func tokens(noted holder: PaperHolder) -> [[UInt8]] { keys.tokens(of: holder, in: Self.holderDomain).all }

  /// Many people share a name: by it those are found that gave no code.
  func tokens(reopenedBy holder: PaperHolder) -> [[UInt8]] {
    let tokens = keys.tokens(of: holder, in: Self.holderDomain)
    return holder.isPerson ? [tokens.code ?? tokens.name].compactMap(\.self) : tokens.all
  }
}
