public import Applications
public import Documents
public import CivilTime
public import Exchanges
public import Policies
public import Pushing
public import SQLDatabase

/// What people and other systems do about permits: open cases, enter what happened, answer windows, try again.
public struct PermitDesk: Sendable {
  public let permits: Permits
  private let pushes: Pushes
  private let policies: PolicyLibrary
  private let windows: PermitWindows
  private let now: @Sendable () -> Timestamp

  public init(
    permits: Permits, pushes: Pushes, policies: PolicyLibrary, windows: PermitWindows,
    now: @escaping @Sendable () -> Timestamp = { .now() }
  ) {
    self.permits = permits
    self.pushes = pushes
    self.policies = policies
    self.windows = windows
    self.now = now
  }

  /// Where nobody asks policies or windows: it enters what happened and tries again.
  public init(permits: Permits, pushes: Pushes, now: @escaping @Sendable () -> Timestamp = { .now() }) {
    self.init(
      permits: permits, pushes: pushes, policies: PolicyLibrary([], Diagnostics()),
      windows: PermitWindows([]), now: now)
  }

  /// What is written down together with what is done: both or neither.
  public typealias Keep = @Sendable (Transaction, PermitCaseID) throws -> Void

  /// Reads the form of a case, with what the registry knows of the project that it names.
  ///
  /// - Throws: `PermitFormError`, `PermitError` about the project, and what `load` throws.
  public func read(
    _ form: JSONValue, today: CivilDate, requestID: String, load: PermitForm.Load? = nil
  ) async throws -> PermitRequest {
    var project: PermitProject?
    if let code = try PermitForm.project(form) { project = try await permits.project(code, on: today) }
    return try PermitForm.request(form, project: project, today: today, requestID: requestID, load: load)
  }

  /// Opens a case; what is ready is handed in from then on. The same number with the same content is the case there is.
  ///
  /// - Throws: `PermitError` with everything that is missing, before anything is stored.
  public func open(
    _ request: PermitRequest, keep: @escaping Keep = { _, _ in }
  ) async throws -> (id: PermitCaseID, isNew: Bool) {
    let prepared = try permits.prepare(request, by: policies)
    let time = now()
    return try await permits.database.write { transaction in
      let opened = try permits.open(prepared, in: transaction, now: time)
      try keep(transaction, opened.id)
      return opened
    }
  }

  /// Enters what happened, however late. What was filed on paper is not filed by its push too, which is taken back.
  ///
  /// - Throws: `PermitError`: `notFound`, `notNow`, also while nobody knows whether the push has arrived, and `unfit` for what has not
  ///   happened yet.
  public func enter(
    _ entry: PermitEntry, of place: PermitPlace, keep: @escaping Keep = { _, _ in }
  ) async throws -> PermitEntryResult {
    let time = now()
    guard entry.happened <= time.civil(offsetSeconds: UTCOffset.china) else {
      throw PermitError(
        .unfit, "it is said to happen later than now", remedy: "give the time of Beijing at which it happened"
      )
    }
    return try await permits.database.write { transaction in
      let attempt = try permits.attempt(place, transaction)
      let result = try permits.enter(entry, of: attempt.id, in: transaction, now: time)
      if attempt.state == .planned { try keepFromFiling(attempt.id, entry, transaction, time) }
      try keep(transaction, attempt.permitCase)
      return result
    }
  }

  /// A person has said that an attempt is at the authority, or will never be: what has not left yet never leaves.
  private func keepFromFiling(
    _ id: PermitItemID, _ entry: PermitEntry, _ transaction: Transaction, _ time: Timestamp
  ) throws {
    let attempt = try permits.load(id, transaction)
    guard attempt.state != .planned, let number = attempt.push,
      let push = try pushes.push(PushID(number), in: transaction), !push.state.isFinal
    else { return }
    if let signOff = entry.signOff,
      try pushes.takeBack(push.id, by: signOff, in: transaction, at: time)
    {
      return
    }
    throw PermitError(
      .notNow,
      "push \(number) of \(attempt.item.rawValue) is \(push.state.rawValue): it may be there already, or still be filed",
      remedy: push.state == .parked
        ? "'push cancel \(number)', then enter it"
        : "find out whether it arrived, say so with 'push sign \(number)', then enter what is still to be entered"
    )
  }

  /// Enters what the utility did for the customer behind a case, however late.
  ///
  /// - Throws: `PermitError`: `notFound`, `notNow`, and `unfit` for what has not happened yet.
  public func enter(
    _ entry: ProcessEntry, of id: PermitCaseID, keep: @escaping Keep = { _, _ in }
  ) async throws -> (id: Int64, isNew: Bool) {
    let time = now()
    guard entry.happened <= time.civil(offsetSeconds: UTCOffset.china) else {
      throw PermitError(
        .unfit, "it is said to happen later than now", remedy: "give the time of Beijing at which it happened"
      )
    }
    return try await permits.database.write { transaction in
      let result = try permits.enter(entry, of: id, in: transaction, now: time)
      try keep(transaction, id)
      return result
    }
  }

  /// Another attempt after one that came to nothing; or has handed in what a restored copy kept back.
  ///
  /// - Parameters:
  ///   - materials: in place of the files of the same code, or beside them; the others are those of the attempt before.
  ///   - remarks: what is said to the window with it; what the application says where nothing is.
  /// - Throws: `PermitError` `notNow` for what has not come to nothing, `unfit` with the files that are missing.
  public func retry(
    _ place: PermitPlace, with materials: [PermitMaterial] = [], remarks: String? = nil,
    keep: @escaping Keep = { _, _ in }
  ) async throws -> PermitItemID {
    let permitCase = try await permits.database.read { try permits.load(place.permitCase, $0) }
    let brought = PreparedRetry(materials: permits.seal(materials, of: permitCase), remarks: remarks)
    let time = now()
    return try await permits.database.write { transaction in
      let attempt = try permits.attempt(place, transaction)
      // The same call once more, because its answer was lost, decides nothing.
      if attempt.isHeld, attempt.follows != nil, place.attempt == nil {
        throw PermitError(
          .notNow,
          "attempt \(attempt.attempt) at \(place.item.rawValue) is held: it may have been made behind the restored copy",
          remedy:
            "find out at the window; where it was not made, name the attempt: --attempt \(attempt.attempt), or \"attempt\": \(attempt.attempt)"
        )
      }
      let next = try permits.retry(attempt.id, with: brought, in: transaction, now: time)
      try keep(transaction, attempt.permitCase)
      return next
    }
  }

  /// 补正: hands in what the window asked for, or what is still to be brought (容缺). That it has it is entered when it has taken it.
  ///
  /// - Throws: `PermitError` `notNow` while the window asks for nothing, `noRule` where it takes no supplements.
  public func supplement(
    _ place: PermitPlace, with materials: [PermitMaterial], remarks: String?,
    keep: @escaping Keep = { _, _ in }
  ) async throws -> PushID {
    let attempt = try await permits.database.read { try permits.attempt(place, $0) }
    return try await handIn(
      .supplement, about: attempt, materials: materials, remarks: remarks, keep: keep
    ) { state in state == .supplement || state == .approvedDeferred ? nil : "the window asks for nothing" }
  }

  /// 撤件: takes back what was handed in, as long as it is not decided. What has not left yet never leaves.
  ///
  /// - Returns: the push that tells the window; nil where it has nothing to be told.
  public func withdraw(
    _ place: PermitPlace, remarks: String?, by signOff: SignOff, keep: @escaping Keep = { _, _ in }
  ) async throws -> PushID? {
    let attempt = try await permits.database.read { try permits.attempt(place, $0) }
    if attempt.state == .planned {
      try await stop(attempt, by: signOff, keep: keep)
      return nil
    }
    return try await handIn(.withdraw, about: attempt, materials: [], remarks: remarks, keep: keep) { state in
      state.isDecided ? "it is decided" : nil
    }
  }

  /// Ends an attempt that the window does not have.
  private func stop(
    _ attempt: PermitItemAttempt, by signOff: SignOff, keep: @escaping Keep
  ) async throws {
    let time = now()
    try await permits.database.write { transaction in
      let current = try permits.load(attempt.id, transaction)
      guard current.state == .planned else {
        throw PermitError(
          .notNow, "\(attempt.item.rawValue) has been handed in meanwhile", remedy: "withdraw it once more")
      }
      if let push = current.push {
        // That it is cancelled wakes the case, which enters it.
        guard try pushes.takeBack(PushID(push), by: signOff, in: transaction, at: time) else {
          let isParked = try pushes.push(PushID(push), in: transaction)?.state == .parked
          throw PermitError(
            .notNow,
            "push \(push) of \(attempt.item.rawValue) is \(isParked ? "parked" : "on its way, and nobody knows what becomes of it")",
            remedy: isParked
              ? "'push cancel \(push)' withdraws it"
              : "look at it with 'push show \(push)', and withdraw it when it has arrived")
        }
      } else {
        let entry = PermitEntry(
          .withdrawn, happened: time.civil(offsetSeconds: UTCOffset.china), source: .person,
          reference: "withdraw", signOff: signOff)
        try permits.enter(entry, of: attempt.id, in: transaction, now: time)
      }
      try keep(transaction, attempt.permitCase)
    }
  }

  private func handIn(
    _ purpose: PermitPurpose, about attempt: PermitItemAttempt, materials: [PermitMaterial], remarks: String?,
    keep: @escaping Keep, unless reason: @Sendable @escaping (PermitState) -> String?
  ) async throws -> PushID {
    let id = attempt.id
    let permitCase = try await permits.database.read { try permits.load(attempt.permitCase, $0) }
    let push = try await pushes.required(try Self.require(attempt, reason))
    guard let window = windows.window(at: push.platform) else { throw PermitError.noWindow(has: push) }
    guard let route = purpose == .supplement ? window.supplement : window.withdraw else {
      throw PermitError(
        .noRule, "the window of \(window.platform) has no way for '\(purpose.rawValue)'",
        remedy: "do it on paper, and enter what happens")
    }
    var request = try await permits.request(
      about: attempt, in: permitCase, materials: materials, remarks: remarks)
    let moment = now().civil(offsetSeconds: UTCOffset.china)
    let view = try await permits.view(permitCase.id, at: moment).items.first { $0.attempt.id == id }
    request.due = view?.ownDue
    request.priority = PermitUrgency.priority(due: request.due)
    let prepared = try pushes.prepare(request, by: route)
    let sealed = permits.seal(materials, of: permitCase)
    let time = now()
    return try await permits.database.write { transaction in
      try Self.require(try permits.load(id, transaction), reason)
      for material in sealed { try permits.insert(material, of: permitCase.id, for: id, transaction, time) }
      let ticket = try pushes.submit(prepared, in: transaction, now: time)
      let push = ticket.duplicateOf ?? ticket.id
      try permits.follow(push, of: id, purpose, in: transaction)
      try permits.wake(permitCase.id, in: transaction, now: time)
      try keep(transaction, permitCase.id)
      return push
    }
  }

  /// - Returns: the push by which the window has it.
  @discardableResult
  private static func require(
    _ attempt: PermitItemAttempt, _ reason: (PermitState) -> String?
  ) throws -> PushID {
    guard let state = attempt.state, let push = attempt.push else {
      throw PermitError(
        .notNow, "nothing of \(attempt.item.rawValue) is at the window",
        remedy: "look at it with 'permit show'")
    }
    if let reason = reason(state) {
      throw PermitError(
        .notNow, "\(attempt.item.rawValue) is \(state.rawValue): \(reason)",
        remedy: "look at it with 'permit show'; it may have gone on meanwhile")
    }
    return PushID(push)
  }
}

/// An attempt at an item of a case, as people name it.
public struct PermitPlace: Hashable, Sendable {
  public let permitCase: PermitCaseID
  public let item: PermitItem
  /// `nil`: the latest.
  public let attempt: Int?

  public init(_ permitCase: PermitCaseID, _ item: PermitItem, attempt: Int? = nil) {
    self.permitCase = permitCase
    self.item = item
    self.attempt = attempt
  }
}

extension Permits {
  func attempt(_ place: PermitPlace, _ reader: Reader) throws -> PermitItemAttempt {
    try attempt(place.item, number: place.attempt, of: place.permitCase, reader)
  }
}
