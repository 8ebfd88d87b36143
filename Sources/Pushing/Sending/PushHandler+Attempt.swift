import Adapters
import CivilTime
import Exchanges
import Journal
import SQLDatabase
import Synchronization
import Work

extension PushHandler {
  /// One try: makes each request durable, with the push's step, before it leaves.
  final class Attempt: PushRecorder {
    /// Well below the length of a lease.
    private static let patience = Duration.seconds(3)

    private let handler: PushHandler
    private let push: Push
    private let lease: WorkLease
    private let state = Mutex<Push?>(nil)

    init(_ handler: PushHandler, _ push: Push, _ lease: WorkLease) {
      self.handler = handler
      self.push = push
      self.lease = lease
    }

    /// The push as it was once its request was recorded; nil when none was.
    var begun: Push? { state.withLock { $0 } }

    func begin(_ exchange: Exchange) async throws -> ExchangeID {
      let (handler, pushes, journal, lease, push) = (handler, handler.pushes, handler.journal, lease, push)
      let prepared = journal.prepare(exchange)
      let now = handler.environment.now()
      let isSecond = begun != nil
      let start = ContinuousClock.now
      let (id, changed) = try await pushes.database.write { transaction in
        // Whoever has lost the work sends nothing.
        try pushes.queue.check(lease, in: transaction)
        let id = try journal.insert(prepared, in: transaction, now: now)
        guard isSecond else {
          let current = try pushes.require(push.id, transaction)
          guard try pushes.rival(of: current, in: transaction) == nil,
            try handler.isOutdated(current, transaction) == nil
          else {
            throw PushError(
              .notNow, "push \(push.id) is not to be sent any more, as it stands by now", remedy: "nothing")
          }
          return (
            id, try pushes.apply(PushChange(.begun, exchange: id), to: current, in: transaction, at: now)
          )
        }
        // The second request of a try follows on a token that was refused: the first one did nothing.
        guard try pushes.require(push.id, transaction).state == .sending else {
          throw PushError(
            .notNow, "push \(push.id) was decided while its token was fetched", remedy: "nothing")
        }
        try transaction.execute(
          "UPDATE push SET exchange = ?2 WHERE id = ?1", .int(push.id.rawValue), .int(id.rawValue))
        return (id, try pushes.require(push.id, transaction))
      }
      state.withLock { $0 = changed }
      // A process that stood still, or waited long for the disk, may have lost the work meanwhile: then another sends it, and this one must not.
      if ContinuousClock.now - start > Self.patience {
        try await pushes.database.read { try pushes.queue.check(lease, in: $0) }
      }
      return id
    }

    func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {
      try await handler.journal.answer(id, exchange)
    }
  }
}
