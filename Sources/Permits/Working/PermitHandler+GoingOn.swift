import Applications
import Crypto
import Exchanges
import Mapping
import Pushing
import SQLDatabase
import Work

extension PermitHandler {
  /// What is known of a case when it was looked at.
  struct Outlook {
    /// Seconds until it is worth another look.
    var wait: Double
    /// Something of it goes on although it is decided.
    var isFollowed: Bool
  }

  /// When an item is worth another look.
  struct Look {
    /// Seconds until then.
    var wait: Double
    /// Its window was to be asked, and was not yet: what it answered last holds.
    let isPutOff: Bool

    init(after wait: Double, isPutOff: Bool = false) {
      self.wait = wait
      self.isPutOff = isPutOff
    }
  }

  /// Goes on with all items but those that are stuck. A window may take long to answer, so that nothing is asked before what is to be handed in is, and what has
  /// to be warned of is told.
  func goOn(with view: PermitCaseView, but stuck: Set<PermitItemID>) async throws -> Outlook {
    var outlook = Outlook(wait: stuck.isEmpty ? Self.day : polling.longest, isFollowed: !stuck.isEmpty)
    let (newest, counting) = (Set(view.items.latest.map(\.attempt.id)), view.items.counting)
    let items = view.items.filter { !stuck.contains($0.attempt.id) }
    // Of the earlier ones only what the window has goes on.
    let open = items.filter { item in
      item.attempt.state?.isDecided == false
        && (newest.contains(item.attempt.id) || item.attempt.state?.isUnderWay == true)
    }
    let window = windows.window(forRegion: view.permitCase.region)
    for item in open where item.attempt.push == nil {
      let wait = try await goOn(item, in: view) {
        Look(after: try await handIn(item, in: view, counting, by: window))
      }
      outlook.wait = min(outlook.wait, wait)
    }
    let time = now()
    _ = try await permits.database.write { try permits.warn(view.permitCase.id, in: $0, now: time) }
    for item in open where item.attempt.push != nil {
      let window = try await self.window(of: item, in: view)
      let wait = try await goOn(item, in: view) { try await ask(item, in: view, by: window) }
      outlook.wait = min(outlook.wait, wait)
    }
    for item in items where item.attempt.state?.isDecided == true {
      let window = try await self.window(of: item, in: view)
      guard let end = followedUntil(item, in: view, by: window) else {
        // What kept it from going on matters no more; what became of a supplement still does.
        if let code = item.attempt.problemCode, code != PermitErrorCode.notTaken.rawValue {
          try await permits.note(nil, of: item.attempt.id)
        }
        continue
      }
      outlook.isFollowed = true
      let wait = try await goOn(item, in: view) {
        try await follow(item, until: end, in: view, by: window)
      }
      outlook.wait = min(outlook.wait, wait)
    }
    return outlook
  }

  /// The window that has an item, or is to have it; nil where the platform that has it is none of the site any more.
  private func window(of item: PermitItemView, in view: PermitCaseView) async throws -> PermitRoutes? {
    guard let number = item.attempt.push, let push = try await pushes.push(PushID(number)) else {
      return windows.window(forRegion: view.permitCase.region)
    }
    return windows.window(at: push.platform)
  }

  /// The window that a case waits for: that which has an item that is not decided, or else one that may still change; nil where none has anything.
  func asked(of view: PermitCaseView) async throws -> PermitRoutes? {
    let held = view.items.filter { $0.attempt.push != nil }
    for item in held.filter({ $0.attempt.state?.isDecided == false }) + held {
      if let window = try await window(of: item, in: view) { return window }
    }
    return nil
  }

  /// One item that cannot go on holds no other: what keeps it is written down, and it is looked at again.
  private func goOn(
    _ item: PermitItemView, in view: PermitCaseView, _ body: () async throws -> Look
  ) async throws -> Double {
    var look = Look(after: polling.longest)
    if let problem = try await obstacle(of: item, { look = try await body() }) {
      try await note(problem, of: item, in: view)
      return polling.longest
    }
    if let code = item.attempt.problemCode.flatMap(PermitErrorCode.init), isKept(code, of: item, look) {
      return look.wait
    }
    if item.attempt.problemCode != nil { try await permits.note(nil, of: item.attempt.id) }
    return look.wait
  }

  /// Whether a problem is still one when its item has gone on.
  private func isKept(_ code: PermitErrorCode, of item: PermitItemView, _ look: Look) -> Bool {
    switch code {
    // What became of a supplement is for a person to read, until the window has gone on, or something is taken.
    case .notTaken:
      look.isPutOff || item.attempt.state == .supplement || item.attempt.state == .approvedDeferred
    case .notAtWindow: look.isPutOff
    // A window that is there again is asked when its hours, its breaker and its limits let it be.
    case .noRule: look.isPutOff && item.attempt.asked != Self.atOnce
    default: false
    }
  }

  /// What keeps an item from going on; nil where nothing does.
  ///
  /// - Throws: what says nothing about the item: `CancellationError`, `DatabaseError`, `WorkError`.
  func obstacle(
    of item: PermitItemView, _ body: () async throws -> Void
  ) async throws -> WorkProblem? {
    do {
      try await body()
      return nil
    } catch let error where error is CancellationError || error is DatabaseError || error is WorkError {
      throw error
    } catch let error as TemplateError {
      return WorkProblem(
        code: PermitErrorCode.unfit.rawValue, errorClass: .data, message: error.description,
        remedy: "open the case anew with what the platform asks for")
    } catch is CryptoError {
      return WorkProblem(
        code: PermitErrorCode.unreadable.rawValue, errorClass: .data,
        message: "what is kept of \(item.attempt.item.rawValue) does not open",
        remedy: "compare the database and the master keys with a backup")
    } catch {
      return problem(of: error)
    }
  }
}
