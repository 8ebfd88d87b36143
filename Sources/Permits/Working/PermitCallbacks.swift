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

  public func prepare(_ arrival: InboundArrival) throws -> InboundDeed {
    let call = try arrival.receiver.read(arrival.request)
    return InboundDeed { transaction, now in
      try act(
        on: call, exchange: arrival.exchange, received: arrival.received, in: transaction, now: now)
    }
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
    var attempt = try permits.load(id, transaction)
    func tell(_ entry: PermitEntry, _ result: PermitEntryResult) {
      let event = PermitHandler.Event(entry, result, attempt.permitCase, attempt.item)
      if let event { report(event) }
    }
    let heard = received.civil(offsetSeconds: UTCOffset.china)
    let handedIn = try permits.handedIn(attempt, transaction)
    if attempt.push == push.id.rawValue {
      if Self.hasIt(push, call.event) {
        try pushes.hear(of: push.id, receipt: call.receipt, in: transaction, at: now)
      }
      // What the word goes on from.
      let moment = PermitMoment(said: call.happened, received: heard, handedIn: handedIn)
      let outcome = try permits.enterOutcome(
        of: id, by: pushes, notAfter: moment.happened, in: transaction, now: now)
      // Where somebody has to look, the case that the push wakes says so.
      if case .entered(let entry, let result)? = outcome { tell(entry, result) }
      attempt = try permits.load(id, transaction)
    }
    let word = PermitWord(
      event: call.event, said: call.happened, received: heard, handedIn: handedIn, decision: call.decision,
      note: call.note, source: .inbound, reference: "exchange \(exchange)",
      evidence: adapters[call.platform].map {
        PermitEvidence(platform: call.platform, exchange: exchange, adapter: $0.name, bundle: $0.bundle)
      })
    let told = try permits.entries(of: word, about: attempt, isLate: true, transaction)
    try permits.remember(word, isNews: told.contains { $0.retracts == nil }, of: id, in: transaction)
    for entry in told { tell(entry, try permits.enter(entry, of: id, in: transaction, now: now)) }
  }

  /// Whoever tells of an application has it, whatever counts here. That it is over there is no news where it never counted as taken.
  private static func hasIt(_ push: Push, _ event: PermitEvent) -> Bool {
    switch event {
    case .notAccepted, .refused, .withdrawn: !push.state.isFinal
    default: true
    }
  }

  /// The push that the call names, and the attempt that was handed in by it, or about which it was. Of a duplicate it is the first.
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
        if let found { return (try pushes.push(first, in: reader) ?? push, found) }
      }
    }
    return nil
  }
}
