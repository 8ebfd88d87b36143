import CivilTime

/// Which of the items that are due are claimed. Pure.
///
/// What vanished holders left comes first, what is begun for the last time one at a time. What may be what ended them is taken by itself while there is time for that. The rest is taken in
/// turns of the lanes, so that a long one does not keep the others waiting; within a lane the priority counts, then the time.
struct ClaimChoice {
  enum Rank: Int, Comparable {
    /// Left by a holder that vanished, or by two; by three, a while ago, since there may always be something else to do; by so many that it is only parked.
    case takeover
    /// Left by four, a while ago: the last time, one of them at a time.
    case overdue
    case ready
    /// Left by three or four, not so long ago: it may be what ended them, so it is taken by itself, when its loop has nothing else that it could harm.
    case alone

    /// Of these none is begun while another is tried for the last time.
    var isSuspect: Bool { self == .overdue || self == .alone }

    static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
  }

  struct Candidate: Hashable {
    let id: WorkID
    let lane: String
    let priority: Int
    let due: Timestamp
    let rank: Rank
    var vanished = 0
  }

  /// - Parameters:
  ///   - candidates: of a lane, in its own order or not.
  ///   - room: how many of a lane may be taken.
  static func choose(
    _ candidates: [Candidate], limit: Int, room: (String) -> Int
  ) -> [Candidate] {
    var taken: [String: Int] = [:]
    var hasOverdue = false
    var turns: [(turn: Int, candidate: Candidate)] = []
    for candidate in candidates.sorted(by: comesFirst) {
      guard candidate.rank != .alone || turns.isEmpty else { continue }
      guard candidate.rank != .overdue || !hasOverdue else { continue }
      let turn = taken[candidate.lane, default: 0]
      guard turn < room(candidate.lane) else { continue }
      if candidate.rank == .overdue { hasOverdue = true }
      taken[candidate.lane] = turn + 1
      turns.append((turn, candidate))
      if candidate.rank == .alone { break }
    }
    turns.sort { left, right in
      guard left.candidate.rank == .ready, right.candidate.rank == .ready, left.turn != right.turn else {
        return comesFirst(left.candidate, right.candidate)
      }
      return left.turn < right.turn
    }
    return turns.prefix(max(limit, 0)).map(\.candidate)
  }

  private static func comesFirst(_ left: Candidate, _ right: Candidate) -> Bool {
    if left.rank != right.rank { return left.rank < right.rank }
    // Those that were only near when the process ended come before the one that ends it.
    if left.vanished != right.vanished { return left.vanished < right.vanished }
    return (left.priority, left.due, left.id) < (right.priority, right.due, right.id)
  }
}
