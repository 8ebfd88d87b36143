import Synchronization

/// The faults in force. Rules may be added and removed while the sandbox runs.
public final class FaultScript: Sendable {
  /// A rule in force, and what it has done so far.
  public struct Entry: Sendable {
    public let id: Int
    public let rule: FaultRule
    /// Calls it matched.
    public internal(set) var matched = 0
    /// Calls it spoilt.
    public internal(set) var struck = 0
  }

  private struct State {
    var entries: [Entry] = []
    var lastID = 0
  }

  private let seed: UInt64
  private let state = Mutex(State())

  /// - Parameter seed: decides the calls that rules with a probability strike.
  public init(seed: UInt64) {
    self.seed = seed
  }

  /// - Returns: the number to remove it by.
  @discardableResult
  public func add(_ rule: FaultRule) -> Int {
    state.withLock { state in
      state.lastID += 1
      state.entries.append(Entry(id: state.lastID, rule: rule))
      return state.lastID
    }
  }

  /// False when there is no such rule.
  @discardableResult
  public func remove(_ id: Int) -> Bool {
    state.withLock { state in
      let before = state.entries.count
      state.entries.removeAll { $0.id == id }
      return state.entries.count < before
    }
  }

  public func removeAll() {
    state.withLock { $0.entries = [] }
  }

  public var entries: [Entry] {
    state.withLock { $0.entries }
  }

  /// The fault this call meets: of the first rule that strikes. Every matching rule counts the call.
  func fault(platform: String, operation: String) -> FaultKind? {
    state.withLock { state in
      var struck: FaultKind?
      for index in state.entries.indices {
        let rule = state.entries[index].rule
        guard rule.platform == nil || rule.platform == platform,
          rule.operation == nil || rule.operation == operation
        else { continue }
        state.entries[index].matched += 1
        guard struck == nil, strikes(state.entries[index]) else { continue }
        state.entries[index].struck += 1
        struck = rule.kind
      }
      return struck
    }
  }

  private func strikes(_ entry: Entry) -> Bool {
    if let most = entry.rule.most, entry.struck >= most { return false }
    switch entry.rule.trigger {
    case .always: return true
    case .call(let number): return entry.matched == number
    case .every(let number): return number > 0 && entry.matched % number == 0
    case .probability(let probability):
      let mixed = Draw.mixed(seed ^ Draw.mixed(UInt64(entry.id) << 32 | UInt64(entry.matched)))
      return Double(mixed >> 11) / Double(1 << 53) < probability
    }
  }
}
