import CivilTime
import Documents
import Exchanges
import Journal
import Pushing
import Registry
import Replay
import SQLDatabase

/// What goes of pushes with an exchange by which they were sent, in its transaction.
struct PushErasure: Sendable {
  /// Those of which something was destroyed.
  private(set) var erased: [PushID] = []
  /// Other exchanges that still have the message of one of them.
  private(set) var left: [ExchangeID] = []

  /// - Parameters:
  ///   - exchange: by which they were sent; nil for all of what is known of them.
  ///   - alsoHeld: also what a replay is still to hand in again.
  /// - Throws: `CommandFailure` or `PushError` where one of them is not decided or still needed; nothing is erased then.
  init(
    of pushes: [Push], sentBy exchange: ExchangeID? = nil, content: Bool, receipt: Bool, alsoHeld: Bool,
    _ site: SiteStore, _ transaction: Transaction
  ) throws {
    guard content || receipt else { return }
    if content, !alsoHeld, let held = try Replays.repushed(among: pushes.map(\.id), in: transaction).first {
      throw CommandFailure(
        .failure, "a replay is still to hand in push \(held) again",
        remedy: "cancel the replay, or erase it all the same with --held")
    }
    for push in pushes {
      // The receipt came with the exchange that counts, and not with an earlier try.
      let hasReceipt = exchange == nil || push.exchange == exchange
      guard
        try site.pushes.erase(
          push.id, content: content, receipt: receipt && hasReceipt, in: transaction, at: .now())
      else { continue }
      erased.append(push.id)
      guard content else { continue }
      for exchange in try site.pushes.exchanges(of: push.id, in: transaction)
      where try site.journal.has(.request, of: exchange, in: transaction) { left.append(exchange) }
    }
  }

  /// Destroys what was said in the exchanges of pushes: by which they were sent, and in which platforms were asked about them. Answers on which
  /// certificates rest, or that have rows in quarantine, are kept.
  static func eraseSaid(
    of pushes: [PushID], _ site: SiteStore, _ transaction: Transaction
  ) throws -> (erased: [ExchangeID], kept: [ExchangeID]) {
    var (erased, kept): ([ExchangeID], [ExchangeID]) = ([], [])
    for push in pushes {
      // What was handed in goes whatever rests on its exchange.
      let sent = Set(try site.pushes.exchanges(of: push, in: transaction))
      let all = try site.pushes.said(of: push, in: transaction)
      let answers = all.filter { !sent.contains($0) }
      let evidence = try site.registry.evidence(among: answers, in: transaction)
      let quarantined = try site.registry.quarantined(among: answers, in: transaction)
      for exchange in all where try site.journal.fetch(exchange, parts: [], in: transaction) != nil {
        if evidence[exchange] == .present || quarantined.contains(exchange) {
          kept.append(exchange)
        } else if try site.journal.erase(exchange, in: transaction) > 0 {
          // The push is decided, so nobody has to find out any more how one of them ended.
          erased.append(exchange)
        }
      }
    }
    return (erased, kept)
  }

  /// Says what is left, and why.
  static func tell(kept: [ExchangeID], on errors: Output) {
    guard !kept.isEmpty else { return }
    errors.line(
      "kept, since certificates rest on it or it has rows in quarantine: exchange \(list(kept)); "
        + "'exchange erase NUMBER --held' erases it all the same")
  }

  static func write(_ name: String, _ numbers: [Int64], to writer: inout JSONWriter) {
    writer.member(name) { writer in
      writer.array { for number in numbers { $0.integer(number) } }
    }
  }

  static func list<ID>(_ ids: [ID]) -> String { ids.map { "\($0)" }.joined(separator: ", ") }
}
