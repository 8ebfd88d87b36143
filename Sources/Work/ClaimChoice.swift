import CivilTime

/// Which of the items that are due are claimed. Pure.
///
/// What a vanished holder left comes first. Then the lanes take turns, so that a long one does not keep the others waiting; within a lane the priority counts, then the time.
struct ClaimChoice {
  struct Candidate: Hashable {
    let id: WorkID
    let lane: String
    let priority: Int
    let due: Timestamp
    let isTakeover: Bool
  }

  /// - Parameters:
  ///   - candidates: of a lane, in its own order or not.
  ///   - room: how many of a lane may be taken.
  static func choose(
    _ candidates: [Candidate], limit: Int, room: (String) -> Int
  ) -> [Candidate] {
    var taken: [String: Int] = [:]
    var turns: [(turn: Int, candidate: Candidate)] = []
    for candidate in candidates.sorted(by: comesFirst) {
      let turn = taken[candidate.lane, default: 0]
      guard turn < room(candidate.lane) else { continue }
      taken[candidate.lane] = turn + 1
      turns.append((candidate.isTakeover ? -1 : turn, candidate))
    }
    turns.sort { left, right in
      left.turn != right.turn ? left.turn < right.turn : comesFirst(left.candidate, right.candidate)
    }
    return turns.prefix(max(limit, 0)).map(\.candidate)
  }

  private static func comesFirst(_ left: Candidate, _ right: Candidate) -> Bool {
    if left.isTakeover != right.isTakeover { return left.isTakeover }
    return (left.priority, left.due, left.id) < (right.priority, right.due, right.id)
  }
}
