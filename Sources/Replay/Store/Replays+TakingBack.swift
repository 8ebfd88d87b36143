import CivilTime
import Exchanges
import Pushing
import SQLDatabase

extension Replays {
  /// Takes back the repetitions of a replay that wait in the queue of pushes.
  func takeBack(_ replay: Replay, in transaction: Transaction, at moment: Timestamp) throws {
    guard replay.depth == .repush else { return }
    let signOff = try SignOff(name: "replay \(replay.id)", reason: "the replay was cancelled")
    var after = 0
    while true {
      let items = try items(of: replay.id, state: .waiting, after: after, limit: 500, transaction)
      guard let last = items.last else { return }
      after = last.number
      // A push that stood still and was let go on is no repetition: it stays.
      for item in items {
        guard let repetition = item.repetition, repetition != item.original,
          try pushes.takeBack(PushID(repetition), by: signOff, in: transaction, at: moment)
        else { continue }
        let result = ReplayResult(
          state: .failed, repetition: repetition, problemCode: "cancelled", problemClass: .data)
        try keep(result, item, of: replay.id, in: transaction, at: moment)
      }
    }
  }
}
