public import CivilTime
import Synchronization

/// One application that a permit window took: what a push has done, however often it was sent or answered.
public struct PermitCase: Hashable, Sendable {
  public enum State: String, CaseIterable, Sendable {
    case received
    case accepted
    /// 补正: something is missing, and the window waits.
    case correction
    /// 补正结束: what was missing has come.
    case corrected
    /// 特别程序: an inspection or a hearing, while the clock stands.
    case special
    /// 特别程序结束
    case resumed
    case approved
    /// 容缺通过: something may still be brought.
    case deferred
    case rejected
    /// 不受理: it is nothing for this window.
    case notAccepted = "not-accepted"
    /// 不予受理
    case refused
    case withdrawn
    /// 撤回: a permit that was right when it was given is taken back.
    case recalled
    /// 撤销: a permit that should not have been given.
    case revoked

    /// The code of the Hangzhou window.
    var code: String {
      switch self {
      case .received: "00"
      case .accepted: "10"
      case .correction: "20"
      case .corrected: "21"
      case .special: "30"
      case .resumed: "31"
      case .approved: "80"
      case .deferred: "81"
      case .recalled: "85"
      case .revoked: "86"
      case .rejected: "90"
      case .refused: "91"
      case .notAccepted: "92"
      case .withdrawn: "99"
      }
    }

    var title: String {
      switch self {
      case .received: "已收件"
      case .accepted: "已受理"
      case .correction: "补正通知"
      case .corrected: "补正结束"
      case .special: "特别程序"
      case .resumed: "特别程序结束"
      case .approved: "准予许可"
      case .deferred: "容缺通过"
      case .rejected: "不予许可"
      case .notAccepted: "不受理"
      case .refused: "不予受理"
      case .withdrawn: "已撤回"
      case .recalled: "许可撤回"
      case .revoked: "许可撤销"
      }
    }

    /// 办理状态 (BLZT) of the published tables.
    var blzt: Int {
      switch self {
      case .received: 1
      case .withdrawn: 2
      case .accepted: 3
      case .notAccepted: 4
      case .refused: 5
      case .correction: 6
      case .corrected: 7
      case .special: 9
      case .resumed: 10
      case .approved: 11
      case .deferred: 12
      case .rejected: 13
      case .recalled: 14
      case .revoked: 15
      }
    }

    var isDecided: Bool {
      switch self {
      case .received, .accepted, .correction, .corrected, .special, .resumed: false
      case .approved, .deferred, .rejected, .notAccepted, .refused, .withdrawn, .recalled, .revoked: true
      }
    }
  }

  /// Ours, as the caller gave it.
  public let key: String
  /// The word of the permit item: `road-digging`.
  public let item: String
  public let receipt: String
  public let received: Timestamp
  public internal(set) var state = State.received
  public internal(set) var changed: Timestamp
  /// What the window says with its latest state.
  public internal(set) var note: String?
  /// 决定文号, once approved.
  public internal(set) var decision: String?
  /// Supplements that came.
  public internal(set) var supplements = 0
  /// Submissions that were answered with this case: more than one only where the platform knows the key.
  public internal(set) var submissions = 1
  let digest: [UInt8]
  /// The window finds it by the caller's key.
  var isQueryable = true

  /// 办理状态 (BLZT) of the published tables, 1 to 15. Work that goes on after a supplement is another state than acceptance.
  var blzt: Int { state == .accepted && supplements > 0 ? Self.handling : state.blzt }

  /// 部门开始办理
  static let handling = 8
}

/// The cases of one permit window, for as long as the sandbox runs.
final class PermitCases: Sendable {
  private struct State {
    var cases: [PermitCase] = []
    var byReceipt: [String: Int] = [:]
    /// The first case of a key at an item.
    var byPlace: [String: Int] = [:]
    /// The first case of a key.
    var byKey: [String: Int] = [:]
  }

  private let state = Mutex(State())
  private let prefix: String
  private let decisions: String

  /// - Parameters:
  ///   - prefix: what the window's receipts begin with.
  ///   - decisions: what the numbers of its decisions (文号) begin with.
  init(prefix: String, decisions: String) {
    self.prefix = prefix
    self.decisions = decisions
  }

  enum Submission {
    case added(PermitCase)
    case repeated(PermitCase)
    /// Other content under a key that was used.
    case contradicted
  }

  var all: [PermitCase] { state.withLock { $0.cases } }

  /// - Parameter knowsKeys: a key that was used gets its first case again.
  func submit(
    key: String, item: String, digest: [UInt8], knowsKeys: Bool, isQueryable: Bool = true,
    at now: Timestamp
  ) -> Submission {
    state.withLock { state in
      if knowsKeys, let place = state.byPlace[Self.place(key, item)] {
        guard state.cases[place].digest == digest else { return .contradicted }
        state.cases[place].submissions += 1
        return .repeated(state.cases[place])
      }
      let receipt = receipt(state.cases.count + 1, now)
      let new = PermitCase(
        key: key, item: item, receipt: receipt, received: now, changed: now, digest: digest,
        isQueryable: isQueryable)
      state.byReceipt[receipt] = state.cases.count
      let place = Self.place(key, item)
      if state.byPlace[place] == nil { state.byPlace[place] = state.cases.count }
      if state.byKey[key] == nil { state.byKey[key] = state.cases.count }
      state.cases.append(new)
      return .added(new)
    }
  }

  func find(receipt: String) -> PermitCase? {
    state.withLock { state in state.byReceipt[receipt].map { state.cases[$0] } }
  }

  /// The first of the caller's key, at whichever item.
  func find(key: String) -> PermitCase? {
    state.withLock { state in state.byKey[key].map { state.cases[$0] } }
  }

  /// 补正, or what was left to be brought (容缺): nil when the case does not wait for it, or there is none.
  func supplement(_ receipt: String, at time: Timestamp) -> PermitCase? {
    let changed = update(receipt) { permit -> PermitCase? in
      guard permit.state == .correction || permit.state == .deferred else { return nil }
      permit.supplements += 1
      // Whether it is enough, the window says when it has looked.
      if permit.state == .correction { permit.state = .accepted }
      permit.changed = time
      permit.note = nil
      return permit
    }
    return changed ?? nil
  }

  enum Withdrawal {
    case withdrawn(PermitCase)
    case repeated(PermitCase)
    case decided
  }

  func withdraw(_ receipt: String, at time: Timestamp) -> Withdrawal {
    let changed = update(receipt) { permit -> Withdrawal in
      if permit.state == .withdrawn { return .repeated(permit) }
      guard !permit.state.isDecided else { return .decided }
      permit.state = .withdrawn
      permit.changed = time
      return .withdrawn(permit)
    }
    return changed ?? .decided
  }

  /// The window goes on with a case; nil when there is no such receipt.
  ///
  /// - Parameter decision: the number of the decision; nil: the window's own for an approval, and none of their own for others.
  func decide(
    _ receipt: String, _ new: PermitCase.State, note: String?, decision: String? = nil, at time: Timestamp
  ) -> PermitCase? {
    update(receipt) { permit in
      permit.state = new
      permit.changed = time
      permit.note = note
      switch new {
      case .approved, .deferred: permit.decision = decisions + permit.receipt
      // What is taken back keeps the number it was given under.
      case .recalled, .revoked: break
      default: permit.decision = nil
      }
      if let decision { permit.decision = decision }
      return permit
    }
  }

  /// Changes a case where `body` says so; nil when there is no such receipt.
  func update<Result>(_ receipt: String, _ body: (inout PermitCase) -> Result) -> Result? {
    state.withLock { state in
      guard let place = state.byReceipt[receipt] else { return nil }
      return body(&state.cases[place])
    }
  }

  func removeAll() { state.withLock { $0 = State() } }

  private static func place(_ key: String, _ item: String) -> String { item + "/" + key }

  /// `HZ20260301` and six digits.
  private func receipt(_ number: Int, _ now: Timestamp) -> String {
    let digits = String(number)
    return prefix + now.civil(offsetSeconds: UTCOffset.china).date.compact
      + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
