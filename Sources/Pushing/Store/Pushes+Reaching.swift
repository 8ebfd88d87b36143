public import CivilTime
public import SQLDatabase

/// When a platform had what it took, by the history of a push. Pure.
struct PushReach {
  /// Nil where nothing reached it, as far as anybody can know.
  private(set) var moment: Timestamp?

  /// - Parameters:
  ///   - history: oldest first.
  ///   - wasKnown: the platform said that it had it already.
  init(_ history: some Sequence<(event: PushEvent, moment: Timestamp)>, wasKnown: Bool) {
    // The tries that may have had their effect.
    var sent: [Timestamp] = []
    var isUnderWay = false
    for entry in history {
      switch entry.event {
      case .begun: sent.append(entry.moment)
      // What had its answer is over; it says nothing about an earlier try.
      case .notMade, .gaveUp, .refused: if isUnderWay { sent.removeLast() }
      case .absent, .signedAbsent: sent.removeAll()
      case .accepted:
        moment = (wasKnown ? sent.first : nil) ?? entry.moment
        return
      // Somebody had to find out, and did so later than it happened.
      case .found, .late, .signedHappened:
        moment = (wasKnown ? sent.first : sent.last) ?? entry.moment
        return
      case .lost, .lateLost, .restored, .secondEffect, .released, .cancelled, .erased: break
      }
      isUnderWay = entry.event == .begun
    }
    moment = sent.last
  }
}

extension Pushes {
  /// When the platform had what it took: with its answer, or, where a probe or a person had to find that out, when it was sent
  /// last. What was known there already it had with the first try. Of what did not reach it, when the push last changed.
  public func reached(_ push: Push) async throws -> Timestamp {
    try await database.read { try self.reached(push, in: $0) }
  }

  /// The same in a transaction of the caller.
  public func reached(_ push: Push, in reader: Reader) throws -> Timestamp {
    let first = push.duplicateOf ?? push.id
    let history = try reader.query(
      "SELECT event, moment FROM push_event WHERE push = ?1 ORDER BY id", .int(first.rawValue)
    ) { (word: $0.text(0), moment: Timestamp(milliseconds: $0.int(1))) }
    let known = try history.map { entry in
      guard let event = PushEvent(rawValue: entry.word) else {
        throw Self.unreadable(first, "an entry of its history is of an unknown kind")
      }
      return (event: event, moment: entry.moment)
    }
    return PushReach(known, wasKnown: push.wasKnown).moment ?? push.changed
  }
}
