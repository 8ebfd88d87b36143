import Applications
public import CivilTime
public import Policies
public import Pushing
import SQLDatabase

/// What people and other systems do about permits: open cases, enter what happened, answer windows, try again.
public struct PermitDesk: Sendable {
  public let permits: Permits
  private let pushes: Pushes
  private let policies: PolicyLibrary
  private let routes: @Sendable (_ region: String) -> PermitRoutes?
  private let now: @Sendable () -> Timestamp

  /// - Parameter routes: where the permits of a region are handed in; nil where the site has no window for it.
  public init(
    permits: Permits, pushes: Pushes, policies: PolicyLibrary,
    routes: @escaping @Sendable (_ region: String) -> PermitRoutes?,
    now: @escaping @Sendable () -> Timestamp = { .now() }
  ) {
    self.permits = permits
    self.pushes = pushes
    self.policies = policies
    self.routes = routes
    self.now = now
  }

  /// Opens a case; what is ready is handed in from then on. The same number with the same content is the case there is.
  ///
  /// - Throws: `PermitError` with everything that is missing, before anything is stored.
  public func open(_ request: PermitRequest) async throws -> (id: PermitCaseID, isNew: Bool) {
    let prepared = try permits.prepare(request, by: policies)
    let time = now()
    return try await permits.database.write { try permits.open(prepared, in: $0, now: time) }
  }

  /// Enters what happened, however late.
  public func enter(_ entry: PermitEntry, of id: PermitItemID) async throws -> PermitEntryResult {
    let time = now()
    return try await permits.database.write { try permits.enter(entry, of: id, in: $0, now: time) }
  }

  /// Another attempt after one that came to nothing.
  public func retry(_ id: PermitItemID) async throws -> PermitItemID {
    let time = now()
    return try await permits.database.write { try permits.retry(id, in: $0, now: time) }
  }

  /// 补正: hands in what the window asked for. That it has it is entered when it has taken it.
  ///
  /// - Throws: `PermitError` `notNow` while the window asks for nothing, `noRule` where it takes no supplements.
  public func supplement(
    _ id: PermitItemID, with materials: [PermitMaterial], remarks: String?
  ) async throws -> PushID {
    try await handIn(.supplement, about: id, materials: materials, remarks: remarks) { state in
      state == .supplement ? nil : "the window asks for nothing"
    }
  }

  /// 撤件: takes back what was handed in, as long as it is not decided.
  public func withdraw(_ id: PermitItemID, remarks: String?) async throws -> PushID {
    try await handIn(.withdraw, about: id, materials: [], remarks: remarks) { state in
      state.isDecided ? "it is decided" : state == .planned ? "it is not handed in yet" : nil
    }
  }

  private func handIn(
    _ purpose: PermitPurpose, about id: PermitItemID, materials: [PermitMaterial], remarks: String?,
    unless reason: @Sendable @escaping (PermitState) -> String?
  ) async throws -> PushID {
    let (attempt, permitCase) = try await permits.database.read { reader in
      let attempt = try permits.load(id, reader)
      return (attempt, try permits.load(attempt.permitCase, reader))
    }
    try Self.require(attempt, reason)
    let window = routes(permitCase.region)
    guard let route = purpose == .supplement ? window?.supplement : window?.withdraw else {
      throw PermitError(
        .noRule, "the window of the region \(permitCase.region) has no way for '\(purpose.rawValue)'",
        remedy: "do it on paper, and enter what happens")
    }
    let request = try await permits.request(
      about: attempt, in: permitCase, materials: materials, remarks: remarks)
    let prepared = try pushes.prepare(request, by: route)
    let sealed = permits.seal(materials, of: permitCase)
    let time = now()
    return try await permits.database.write { transaction in
      try Self.require(try permits.load(id, transaction), reason)
      for material in sealed { try permits.insert(material, of: permitCase.id, transaction, time) }
      let ticket = try pushes.submit(prepared, in: transaction, now: time)
      let push = ticket.duplicateOf ?? ticket.id
      try permits.follow(push, of: id, purpose, in: transaction)
      try permits.wake(permitCase.id, in: transaction, now: time)
      return push
    }
  }

  private static func require(
    _ attempt: PermitItemAttempt, _ reason: (PermitState) -> String?
  ) throws {
    guard let state = attempt.state, attempt.push != nil else {
      throw PermitError(
        .notNow, "nothing of \(attempt.item.rawValue) is at the window",
        remedy: "look at it with 'permit show'")
    }
    if let reason = reason(state) {
      throw PermitError(
        .notNow, "\(attempt.item.rawValue) is \(state.rawValue): \(reason)",
        remedy: "look at it with 'permit show'; it may have gone on meanwhile")
    }
  }
}
