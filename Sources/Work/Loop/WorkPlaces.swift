import CivilTime

/// Which of the claimed items run, and how many more to claim. Pure.
///
/// A few more are claimed than can run at once, so that one transaction claims many.
struct WorkPlaces {
  /// At once, of all lanes.
  let most: Int
  /// At once, of one lane.
  let perLane: Int
  /// Of lanes that differ from `perLane`.
  let lanes: [String: Int]
  /// Claimed, not begun, in the order of claiming.
  private(set) var unstarted: [WorkLease] = []
  /// An item that was ended for now may be claimed again before its task is over: it is here once for each lease.
  private(set) var running: [WorkTurn: WorkLease] = [:]
  private var runningByLane: [String: Int] = [:]
  private var heldByLane: [String: Int] = [:]

  init(most: Int, perLane: Int, lanes: [String: Int] = [:]) {
    precondition(most > 0 && perLane > 0 && lanes.values.allSatisfy { $0 > 0 })
    self.most = most
    self.perLane = perLane
    self.lanes = lanes
  }

  var held: [WorkLease] { running.values + unstarted }

  var heldIDs: Set<WorkID> { Set(held.map(\.id)) }

  /// How many more to claim: none while enough are at hand. What its own full lane keeps back keeps nothing of the others from being claimed.
  var room: Int {
    let ready = unstarted.count { runningByLane[$0.lane, default: 0] < limit($0.lane) }
    return ready * 2 > most ? 0 : max(0, 2 * most - running.count - ready)
  }

  /// How many more of each lane that some are held of.
  var roomByLane: [String: Int] {
    var rooms: [String: Int] = [:]
    for (lane, held) in heldByLane { rooms[lane] = max(0, 2 * limit(lane) - held) }
    return rooms
  }

  /// Of a lane that none are held of.
  func emptyRoom(_ lane: String) -> Int { 2 * limit(lane) }

  mutating func add(_ leases: [WorkLease]) {
    unstarted += leases
    for lease in leases { heldByLane[lease.lane, default: 0] += 1 }
  }

  /// Those that may begin now. They count as running.
  mutating func start() -> [WorkLease] {
    var started: [WorkLease] = []
    var rest: [WorkLease] = []
    for lease in unstarted {
      if running.count < most, runningByLane[lease.lane, default: 0] < limit(lease.lane) {
        running[lease.turn] = lease
        runningByLane[lease.lane, default: 0] += 1
        started.append(lease)
      } else {
        rest.append(lease)
      }
    }
    unstarted = rest
    return started
  }

  /// Which of some more, by their lanes, would begin with the next ``start()``.
  func beginning(_ lanes: [String]) -> [Bool] {
    var (count, byLane) = (running.count, runningByLane)
    func begins(_ lane: String) -> Bool {
      guard count < most, byLane[lane, default: 0] < limit(lane) else { return false }
      count += 1
      byLane[lane, default: 0] += 1
      return true
    }
    for lease in unstarted { _ = begins(lease.lane) }
    return lanes.map(begins)
  }

  mutating func end(_ turn: WorkTurn) {
    guard let lease = running.removeValue(forKey: turn) else { return }
    Self.take(lease.lane, from: &runningByLane)
    Self.take(lease.lane, from: &heldByLane)
  }

  /// Leases that were lost before they had begun, or are given back.
  mutating func dropUnstarted(_ isDropped: (WorkLease) -> Bool = { _ in true }) -> [WorkLease] {
    let dropped = unstarted.filter(isDropped)
    unstarted.removeAll(where: isDropped)
    for lease in dropped { Self.take(lease.lane, from: &heldByLane) }
    return dropped
  }

  private func limit(_ lane: String) -> Int { lanes[lane] ?? perLane }

  private static func take(_ lane: String, from counts: inout [String: Int]) {
    let left = counts[lane, default: 0] - 1
    counts[lane] = left > 0 ? left : nil
  }
}

/// One lease of one item.
struct WorkTurn: Hashable, Sendable {
  let id: WorkID
  let fence: Int64
}

extension WorkLease {
  var turn: WorkTurn { WorkTurn(id: id, fence: fence) }
}
