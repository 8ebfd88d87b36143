public import Adapters
import Applications
import Calendars
public import CivilTime
public import Exchanges
public import Inbound
import Policies
public import Pushing
public import SQLDatabase

/// Enters what windows tell by calling us: steps, decisions, material that is asked for, in whatever order they come.
public struct PermitCallbacks: InboundConsumer {
  private let permits: Permits
  private let pushes: Pushes
  private let adapters: [String: Adapter]
  private let report: @Sendable (PermitHandler.Event) -> Void

  /// - Parameters:
  ///   - adapters: by the names that the site gives its platforms; certificates of decisions rest on them.
  ///   - report: told of everything that happens to an item; must not block.
  public init(
    permits: Permits, pushes: Pushes, adapters: [String: Adapter],
    report: @escaping @Sendable (PermitHandler.Event) -> Void = { _ in }
  ) {
    self.permits = permits
    self.pushes = pushes
    self.adapters = adapters
    self.report = report
  }

  public func act(
    on call: InboundCall, exchange: ExchangeID, received: Timestamp, in transaction: Transaction,
    now: Timestamp
  ) throws {
    guard let (push, id) = try item(of: call, transaction) else {
      throw InboundRefusal(
        .unknown, "it is about nothing that was handed in here",
        remedy: "ask the platform what it is about; release the work when that is handed in, else cancel it",
        // The platform may be quicker than its own answer.
        mayPass: try pushes.isUnderWay(to: call.platform, in: transaction))
    }
    let attempt = try permits.load(id, transaction)
    let heard = received.civil(offsetSeconds: UTCOffset.china)
    let handedIn = try permits.handedIn(attempt, transaction)
    var entries: [PermitEntry] = []
    // It was handed in, and nobody has entered it yet.
    if attempt.state == .planned, attempt.push == push.id.rawValue, let way = attempt.way {
      let moment = PermitMoment(said: call.happened, received: heard, handedIn: handedIn)
      entries.append(
        PermitEntry(
          way.isDecided ? .submitted : .filed,
          happened: min(
            try pushes.reached(push, in: transaction).civil(offsetSeconds: UTCOffset.china), moment.happened),
          source: .platform, reference: "push \(push.id)"))
    }
    let word = PermitWord(
      event: call.event, said: call.happened, received: heard, handedIn: handedIn, decision: call.decision,
      note: call.note, source: .inbound, reference: "exchange \(exchange)",
      evidence: adapters[call.platform].map {
        PermitEvidence(platform: call.platform, exchange: exchange, adapter: $0.name, bundle: $0.bundle)
      })
    let told = try permits.entries(of: word, about: attempt, isLate: true, transaction)
    try permits.remember(word, isNews: told.contains { $0.retracts == nil }, of: id, in: transaction)
    entries += told
    for entry in entries {
      let result = try permits.enter(entry, of: id, in: transaction, now: now)
      guard result.isNew, let event = entry.event else { continue }
      report(
        PermitHandler.Event(
          permitCase: attempt.permitCase, item: attempt.item, event: event, state: result.state,
          isMisfit: result.isMisfit, doubts: result.doubts))
    }
  }

  /// The attempt that was handed in by the push that the call names, or about which the push was.
  private func item(
    of call: InboundCall, _ reader: Reader
  ) throws -> (push: Push, item: PermitItemID)? {
    var named: [Push] = []
    if let key = call.key, let push = try pushes.push(key: key, at: call.platform, in: reader) {
      named.append(push)
    }
    if let receipt = call.receipt {
      named += try pushes.pushes(receipt: receipt, at: call.platform, in: reader)
    }
    for statement in [
      "SELECT id FROM permit_item WHERE push = ?1 AND push IS NOT NULL",
      "SELECT item FROM permit_push WHERE push = ?1",
    ] {
      for push in named {
        let first = push.duplicateOf ?? push.id
        let found = try reader.first(statement, .int(first.rawValue)) { PermitItemID(rawValue: $0.int(0)) }
        if let found { return (push, found) }
      }
    }
    return nil
  }
}
