import Changes
import CivilTime
import SQLDatabase
import Work

/// How subscriptions come to have work.
extension Subscriptions {
  /// Who is to be told of changes, as the row says; what a newer program wrote there is passed over.
  private struct Listener {
    let id: SubscriptionID
    let consumer: String
    let kinds: Set<ChangeKind>?
    let isResting: Bool

    init(_ row: borrowing Row) {
      id = SubscriptionID(rawValue: row.int(0))
      consumer = row.text(1)
      kinds = Subscription.kinds(row.text(2)).known
      isResting = row.flag(3)
    }
  }

  func wake(for changes: [Change], _ transaction: Transaction) throws {
    let listeners = try transaction.query(
      "SELECT id, consumer, kinds, resting FROM subscription WHERE state = 'active' ORDER BY id"
    ) { Listener($0) }
    for listener in listeners {
      // Whose consumer is gone is woken by anything, to be paused.
      let wanted = kinds(listener.kinds, of: listener.consumer) ?? Set(ChangeKind.allCases)
      guard let first = changes.first(where: { wanted.contains($0.kind) }) else { continue }
      if listener.isResting {
        // It has missed nothing of what came before, also where that is not kept any more.
        try transaction.execute(
          "UPDATE subscription SET delivered = ?2, resting = 0 WHERE id = ?1", .int(listener.id.rawValue),
          .int(first.sequence - 1))
      }
      try wake(listener.id, in: transaction, at: first.moment)
    }
  }

  /// Sees that there is work for a subscription.
  func wake(_ id: SubscriptionID, in transaction: Transaction, at moment: Timestamp) throws {
    let sequence = Subscription.sequence(id)
    guard try !queue.hasHead(of: sequence, in: transaction) else { return }
    _ = try queue.enqueue(
      NewWork(
        kind: .notification, lane: Subscription.lane, sequence: sequence,
        // Never the same as before: there is one at a time, and that is what the sequence is for.
        businessKey: Array(id.description.utf8), contentDigest: random(16),
        payload: Array(id.description.utf8), notBefore: moment),
      in: transaction, now: moment)
  }

  /// What a subscription is told; nil where the site has its consumer no longer.
  func kinds(of subscription: Subscription) -> Set<ChangeKind>? {
    kinds(subscription.kinds, of: subscription.consumer)
  }

  private func kinds(_ wanted: Set<ChangeKind>?, of consumer: String) -> Set<ChangeKind>? {
    visible(consumer).map { visible in wanted.map { visible.intersection($0) } ?? visible }
  }
}
