import CivilTime
import Synchronization

/// What a loop holds at the moment, shared with the tasks of its items.
final class WorkDesk: Sendable {
  private struct State {
    var places: WorkPlaces
    /// Rung when the lease has been lost.
    var lost: [WorkTurn: Bell] = [:]
    var renewed = Timestamp(milliseconds: 0)
    /// Items in a row that could not be done because the database could not be used.
    var storeFailures = 0
    /// Nothing is begun before it.
    var resume: Timestamp?
  }

  let bell = Bell()
  private let state: Mutex<State>
  /// Leases are renewed after this time, in milliseconds.
  private let third: Int64

  init(_ configuration: WorkLoop.Configuration) {
    third = max(
      1, Timestamp(milliseconds: 0).advanced(by: configuration.lease).milliseconds / 3)
    state = Mutex(
      State(
        places: WorkPlaces(
          most: configuration.concurrency, perLane: configuration.perLane, lanes: configuration.lanes)))
  }

  func start() -> [WorkLease] {
    state.withLock { state in
      let started = state.places.start()
      for lease in started { state.lost[lease.turn] = Bell() }
      return started
    }
  }

  /// Which of some more would begin at once.
  @Sendable func beginning(_ lanes: [String]) -> [Bool] { state.withLock { $0.places.beginning(lanes) } }

  func end(_ turn: WorkTurn) {
    state.withLock { state in
      state.places.end(turn)
      state.lost[turn] = nil
    }
    bell.ring()
  }

  func add(_ leases: [WorkLease], at now: Timestamp, _ lease: Duration) {
    guard !leases.isEmpty else { return }
    state.withLock { state in
      if state.places.held.isEmpty { state.renewed = now }
      state.places.add(leases)
    }
  }

  func rooms() -> (room: Int, byLane: [String: Int], holding: Set<WorkID>) {
    state.withLock { ($0.places.room, $0.places.roomByLane, $0.places.heldIDs) }
  }

  func room(_ lane: String, _ rooms: [String: Int]) -> Int {
    rooms[lane] ?? state.withLock { $0.places.emptyRoom(lane) }
  }

  /// What is to be renewed now; nil while it is early enough. A clock that was set back makes it due, or the leases would look too long to others.
  func takeRenewal(at now: Timestamp) -> [WorkLease]? {
    state.withLock { state in
      let age = now.milliseconds(since: state.renewed)
      let held = state.places.held
      guard !held.isEmpty, age >= third || age < 0 else { return nil }
      state.renewed = now
      return held
    }
  }

  /// Before the next renewal; nil when nothing is held.
  func untilRenewal(at now: Timestamp) -> Duration? {
    state.withLock { state in
      guard !state.places.held.isEmpty else { return nil }
      return .milliseconds(max(0, state.renewed.advanced(byMilliseconds: third).milliseconds(since: now)))
    }
  }

  /// Ends what is not held any more, and says what that was. An item that has just ended by itself is not lost.
  func lose(allBut held: [WorkLease], of leases: [WorkLease]) -> [WorkLease] {
    let missing = Set(leases.map(\.turn)).subtracting(held.map(\.turn))
    guard !missing.isEmpty else { return [] }
    let (lost, bells) = state.withLock { state in
      (
        state.places.dropUnstarted { missing.contains($0.turn) },
        missing.compactMap { state.lost[$0] }
      )
    }
    for bell in bells { bell.ring() }
    return lost
  }

  /// An item could not be done because the database could not be used: for a while nothing is begun.
  ///
  /// - Parameter delay: seconds, after so many in a row.
  func noteStoreFailure(
    at now: Timestamp, delay: (_ failures: Int) -> Double
  ) -> (times: Int, resume: Timestamp) {
    state.withLock { state in
      state.storeFailures += 1
      let resume = now.advanced(bySeconds: delay(state.storeFailures))
      state.resume = resume
      return (state.storeFailures, resume)
    }
  }

  func noteSuccess() {
    state.withLock { state in
      state.storeFailures = 0
      state.resume = nil
    }
  }

  /// How long nothing is begun; nil when something may be.
  ///
  /// - Parameter longest: no pause is longer, whatever a clock that was set says.
  func pause(at now: Timestamp, longest: Double) -> Duration? {
    guard let resume = state.withLock({ $0.resume }) else { return nil }
    let left = resume.milliseconds(since: now)
    return left > 0 && Double(left) <= longest * 1000 ? .milliseconds(left) : nil
  }

  func dropUnstarted() -> [WorkLease] { state.withLock { $0.places.dropUnstarted() } }

  func bell(of turn: WorkTurn) -> Bell? { state.withLock { $0.lost[turn] } }
}
