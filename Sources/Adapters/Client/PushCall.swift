public import Applications
public import CivilTime
public import Exchanges

/// One push, and what its probe is asked with.
public struct PushCall: Sendable {
  /// Ours, the same for every try: `push.key`.
  public let key: String
  /// What it is about, such as a permit item: `push.item`.
  public let item: String
  /// As the template wrote it, in its charset: `push.message`.
  public let message: [UInt8]
  public let attachments: [Attachment]
  /// What the platform gave an earlier push that this one is about, or this one itself once it is known: `push.receipt`.
  public let receipt: String?
  /// When it must be there, or its answer: what is due today has the reserve of the day's calls too.
  public var due: Timestamp?

  public init(
    key: String, item: String, message: [UInt8], attachments: [Attachment], receipt: String?,
    due: Timestamp? = nil
  ) {
    self.due = due
    self.key = key
    self.item = item
    self.message = message
    self.attachments = attachments
    self.receipt = receipt
  }
}

/// Where the client puts a push before and after it leaves.
public protocol PushRecorder: Sendable {
  /// Makes the request durable together with the fact that it is about to leave; no byte leaves before it returns, and when it throws nothing leaves.
  func begin(_ exchange: Exchange) async throws -> ExchangeID
  /// Adds what came back (status, headers, body, times), or how far it got; carried through in cancelled tasks.
  func answer(_ id: ExchangeID, _ exchange: Exchange) async throws
}

/// What a platform says of a push that it has.
public struct Acknowledgement: Hashable, Sendable {
  /// The platform's number for it; nil only where a duplicate or a probe comes without.
  public var receipt: String?
  /// In the platform's words.
  public var state: String?
  /// The platform had it before.
  public var isDuplicate: Bool
  /// What the platform says of how far it is, where the operation reads that.
  public var progress: StatedProgress?

  public init(receipt: String?, state: String?, isDuplicate: Bool, progress: StatedProgress? = nil) {
    self.receipt = receipt
    self.state = state
    self.isDuplicate = isDuplicate
    self.progress = progress
  }
}

/// What a platform says of how far a permit is.
public struct StatedProgress: Hashable, Sendable {
  /// By the platform's word for the state; nil for a word that the manifest does not know.
  public var event: PermitEvent?
  /// When, in the platform's words.
  public var moment: String?
  /// The number of the decision.
  public var decision: String?
  /// What it says to it; may name people.
  public var note: String?

  public init(event: PermitEvent?, moment: String? = nil, decision: String? = nil, note: String? = nil) {
    self.event = event
    self.moment = moment
    self.decision = decision
    self.note = note
  }
}

/// How a push ended.
public enum PushAnswer: Sendable {
  case accepted(Acknowledgement)
  /// Understood and declined for what it holds: no effect, and none when it is sent again unchanged.
  case refused(AdapterError)
  /// Certainly nothing happened; it may be tried again.
  case notMade(AdapterError)
  /// It may have happened or not: nothing may be sent again before the platform or a person has said so, unless the platform knows our key.
  case unknown(AdapterError)
}

/// What a platform says when asked for a push.
public enum ProbeAnswer: Sendable {
  case found(Acknowledgement)
  /// It has not, by its own word.
  case absent
  /// No believable word; it may be asked again.
  case undecided(AdapterError)
}
