public import Adapters
public import CivilTime
public import Exchanges
public import Work

/// One thing handed in at a platform: what lists show of it. Nothing here tells about a person.
public struct Push: Hashable, Sendable {
  public let id: PushID
  public let platform: String
  public let operation: String
  /// What is asked for: the item code of the record.
  public let item: String
  /// Under which number the platform knows it from us; the same at each try.
  public let key: String
  /// What is sent one after another: ``caseName``, or what the gateway calls it.
  public let sequence: String
  /// What is shown of a duplicate is the state of the first, and its problem.
  public let state: PushState
  public let idempotency: Idempotency.Class
  /// Requests that were made durable.
  public let attempts: Int
  /// Questions about it while its outcome was unknown, since a person last had it tried again.
  public let probes: Int
  /// Its latest exchange.
  public let exchange: ExchangeID?
  /// The first of the same content, which answers for this one too.
  public let duplicateOf: PushID?
  /// The one that this one repeats: after a refusal, or by a replay.
  public let follows: PushID?
  /// The one of an earlier attempt in whose place this one was handed in, at whatever platform.
  public let instead: PushID?
  /// The platform said that it had it already.
  public let wasKnown: Bool
  public let problemCode: String?
  public let problemClass: ErrorClass?
  public let work: WorkID?
  public let requestID: String
  public let created: Timestamp
  public let changed: Timestamp
  /// When the platform must have it, by law or agreement; nil: nothing says so.
  public let due: Timestamp?

  /// An earlier request of it may have had its effect.
  let isDoubtful: Bool
  /// Milliseconds the machine had been up when nobody knew any more what became of its latest request; nil: nobody on this machine saw that.
  let lost: Int64?
  /// The one that this one supplements or withdraws, by its receipt.
  public let about: PushID?
  /// When what was handed in was destroyed; nil while it is there.
  public let erased: Timestamp?
  /// What it is about is not at the platform any more once this one is accepted.
  let withdraws: Bool

  /// It stands in an older copy, and may have been handed in again since: ``PushMachine/mayHaveBeenRepeated``.
  public let mayHaveBeenRepeated: Bool

  /// What tells it apart from the same to the letter, as ``PushRequest/occasion``; nil: there is one only, or an older program handed it in.
  public let occasion: String?

  /// Of an unknown one: what it was before the doubt, when it was not to be sent.
  let returnsTo: PushState?

  /// Requests in a row that came to nothing without using up a try, or were lost and are not there, since a person last had it tried again.
  let inVain: Int
  /// Those of them before which the platform had taken others.
  let passedOver: Int

  /// The case as a person named it, or what its sequence is called.
  public var caseName: String {
    sequence.hasPrefix(PushRequest.casePrefix)
      ? String(sequence.dropFirst(PushRequest.casePrefix.count)) : sequence
  }

  var machine: PushMachine {
    PushMachine(
      state, isDoubtful: isDoubtful, returnsTo: returnsTo, mayHaveBeenRepeated: mayHaveBeenRepeated,
      idempotency: idempotency)
  }
}

/// What happened to a push, in order.
public struct PushHistoryEntry: Hashable, Sendable {
  public let moment: Timestamp
  public let event: PushEvent
  /// The state after it.
  public let state: PushState
  public let exchange: ExchangeID?
  /// What was the matter; nil: nothing, or an older program wrote it.
  public let problemCode: String?
  public let problemClass: ErrorClass?
  /// Where a person did it: who, and why.
  public let signOff: SignOff?
}
