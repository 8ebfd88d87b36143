import CivilTime
import Exchanges
import TestSupport
import Testing

@testable import Work

/// The pure parts: what a failure means, who is next, how many run.
@Suite struct RuleTests {
  static let now = QueueBench.now

  static func problem(_ errorClass: ErrorClass, retryAfter: Int? = nil) -> WorkProblem {
    WorkProblem(code: "c", errorClass: errorClass, retryAfter: retryAfter)
  }

  @Test func theClassDecides() {
    let rule = FailureRule(mostAttempts: 3, backoff: Backoff(first: 10, longest: 60))
    func judge(_ problem: WorkProblem, attempt: Int = 1) -> FailureRule.Verdict {
      rule.judge(problem, attempt: attempt, fraction: 0, now: Self.now)
    }
    for errorClass in [ErrorClass.configuration, .data, .drift] {
      #expect(judge(Self.problem(errorClass)) == .park)
    }
    for errorClass in [ErrorClass.transient, .platform, .credentials, .rate] {
      #expect(judge(Self.problem(errorClass)) == .retry(at: Self.now.advanced(bySeconds: 5)))
      #expect(judge(Self.problem(errorClass), attempt: 2) == .retry(at: Self.now.advanced(bySeconds: 10)))
      #expect(judge(Self.problem(errorClass), attempt: 3) == .park)
    }
    // What the platform asks for counts, and a limit uses up nothing.
    #expect(
      judge(Self.problem(.transient, retryAfter: 77)) == .retry(at: Self.now.advanced(bySeconds: 77)))
    #expect(
      judge(Self.problem(.rate, retryAfter: 77), attempt: 99)
        == .snooze(until: Self.now.advanced(bySeconds: 77)))
  }

  @Test func choosingKeepsLimitsAndIsFair() {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<2000 {
      let candidates = (0..<Int.random(in: 0..<30, using: &generator)).map { number in
        ClaimChoice.Candidate(
          id: WorkID(rawValue: Int64(number)), lane: "\(Int.random(in: 0..<4, using: &generator))",
          priority: .random(in: 0..<2, using: &generator),
          due: Timestamp(milliseconds: .random(in: 0..<5, using: &generator)),
          rank: [.takeover, .overdue, .alone, .ready, .ready, .ready, .ready, .ready][
            Int.random(in: 0..<8, using: &generator)])
      }
      let rooms = (0..<4).map { _ in Int.random(in: 0..<6, using: &generator) }
      let limit = Int.random(in: 0..<20, using: &generator)
      let chosen = ClaimChoice.choose(candidates, limit: limit) { rooms[Int($0)!] }
      #expect(Set(chosen).count == chosen.count && chosen.count <= limit)
      let overdue = candidates.filter { $0.rank == .overdue }
      let all = ClaimChoice.choose(candidates, limit: .max) { rooms[Int($0)!] }
      let put = all.first { $0.rank == .overdue }
      let isDue = overdue.contains { one in
        candidates.count { $0.lane == one.lane && $0.rank == .takeover } < rooms[Int(one.lane)!]
      }
      #expect(
        (put != nil) == isDue && all.count { $0.rank == .overdue } <= 1, "its turn comes, one at a time")
      let together = candidates.filter { $0.rank != .alone && ($0.rank != .overdue || $0 == put) }
      let alone = candidates.filter { $0.rank == .alone }
      func possible(_ some: [ClaimChoice.Candidate]) -> Int {
        (0..<4).reduce(0) { sum, lane in sum + min(rooms[lane], some.count { $0.lane == "\(lane)" }) }
      }
      let most = possible(together) > 0 ? possible(together) : min(1, possible(alone))
      #expect(chosen.count == min(limit, most), "no place stays empty, but what may end the process is alone")
      #expect(possible(together) == 0 || chosen.allSatisfy { $0.rank != .alone })
      #expect(chosen.map(\.rank) == chosen.map(\.rank).sorted(), "what was put off comes behind the others")
      // Apart from what was left behind, no lane is two turns ahead of one that still had something.
      for lane in 0..<4 {
        let own = chosen.count { $0.lane == "\(lane)" && $0.rank == .ready }
        let left =
          min(rooms[lane], together.count { $0.lane == "\(lane)" }) - chosen.count { $0.lane == "\(lane)" }
        guard left > 0 else { continue }
        for other in 0..<4 where !together.contains(where: { $0.rank != .ready }) {
          #expect(chosen.count { $0.lane == "\(other)" } <= own + 1)
        }
      }
    }
  }

  /// An item that was put off for no time is claimed again before its first task is over.
  @Test func anItemMayBeHeldOnceForEachLease() {
    func lease(_ fence: Int64) -> WorkLease {
      WorkLease(id: WorkID(rawValue: 1), kind: .push, lane: "a", fence: fence, until: Self.now)
    }
    var places = WorkPlaces(most: 5, perLane: 2)
    places.add([lease(1)])
    #expect(places.start() == [lease(1)])
    places.add([lease(2)])
    #expect(places.start() == [lease(2)])
    places.end(lease(1).turn)
    #expect(places.held == [lease(2)])
    places.end(lease(2).turn)
    #expect(places.held.isEmpty && places.roomByLane.isEmpty)
  }

  /// Lanes that are full, because their platforms are slow, keep nothing of the others from being claimed and begun.
  @Test func fullLanesLeaveRoomForTheOthers() {
    var places = WorkPlaces(most: 16, perLane: 4)
    let slow = (0..<3).flatMap { lane in
      (0..<8).map {
        WorkLease(
          id: WorkID(rawValue: Int64(lane * 8 + $0 + 1)), kind: .push, lane: "slow\(lane)", fence: 1,
          until: Self.now)
      }
    }
    places.add(slow)
    #expect(places.start().count == 12)
    #expect(places.roomByLane.values.allSatisfy { $0 == 0 } && places.room > 0)
    let other = WorkLease(id: WorkID(rawValue: 100), kind: .push, lane: "other", fence: 1, until: Self.now)
    places.add([other])
    #expect(places.start() == [other])
  }

  @Test func placesAreNeverOverfilledAndNothingIsLost() {
    var generator = SplitMix64(seed: 11)
    for _ in 0..<200 {
      var places = WorkPlaces(most: 5, perLane: 2, lanes: ["a": 1])
      var next: Int64 = 0
      var waiting: Set<WorkID> = []
      var running: [WorkLease] = []
      for _ in 0..<200 {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
          let rooms = places.roomByLane
          var added: [WorkLease] = []
          for _ in 0..<Int.random(in: 0...places.room, using: &generator) {
            let lane = ["a", "b", "c", "d"].randomElement(using: &generator)!
            let room = rooms[lane] ?? places.emptyRoom(lane)
            guard added.count(where: { $0.lane == lane }) < room else { continue }
            next += 1
            added.append(
              WorkLease(id: WorkID(rawValue: next), kind: .push, lane: lane, fence: 1, until: Self.now))
          }
          places.add(added)
          waiting.formUnion(added.map(\.id))
        case 1:
          let started = places.start()
          running += started
          waiting.subtract(started.map(\.id))
        case 2:
          guard let lease = running.randomElement(using: &generator) else { continue }
          running.removeAll { $0 == lease }
          places.end(lease.turn)
        default:
          let dropped = places.dropUnstarted { $0.id.rawValue % 7 == 0 }
          waiting.subtract(dropped.map(\.id))
        }
        #expect(places.heldIDs == waiting.union(running.map(\.id)))
        #expect(running.count <= 5)
        for lane in ["a", "b", "c", "d"] {
          let limit = lane == "a" ? 1 : 2
          #expect(running.count { $0.lane == lane } <= limit)
          #expect(places.held.count { $0.lane == lane } <= 2 * limit)
        }
      }
      // All that waits is begun once places are free.
      while !places.held.isEmpty {
        running += places.start()
        for lease in running { places.end(lease.turn) }
        running = []
      }
    }
  }
}
