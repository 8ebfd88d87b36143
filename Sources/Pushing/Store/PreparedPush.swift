public import Adapters
public import Applications
public import CivilTime
public import Exchanges
public import Mapping
import Work

/// The way of an operation's pushes: which platform is called, how, and what the message looks like.
public struct PushRoute: Sendable {
  public let client: PlatformClient
  public let operation: Operation
  public let push: Operation.Push
  /// Asks what became of a push, where the platform can be asked.
  public let probe: Operation?
  public let template: CompiledTemplate

  public var platform: String { client.connection.platform }
  /// What is limited and paused together.
  public var lane: String { "\(platform)/\(operation.name)" }

  /// - Throws: `PushError` where the operation is no push.
  public init(client: PlatformClient, operation: Operation, template: CompiledTemplate) throws(PushError) {
    guard let push = operation.push else {
      throw PushError(
        .noRoute, "'\(operation.name)' of \(client.adapter.name) is no push",
        remedy: "'zhengdian adapter list' shows which operations are")
    }
    self.client = client
    self.operation = operation
    self.push = push
    self.template = template
    probe = push.idempotency.probe.flatMap { client.adapter.operation($0) }
  }
}

/// What somebody wants to hand in.
public struct PushRequest: Sendable {
  public var record: ApplicationRecord
  public var attachments: [Attachment]
  /// What is sent one after another: ``sequence(ofCase:)``, or a name that the gateway gives. nil: only what is about the same application.
  public var sequence: String?
  /// The push that this one repeats on purpose.
  public var follows: PushID?
  /// The push of an earlier attempt that came to nothing, at whatever platform: this one is not sent while that is there after all.
  public var instead: PushID?
  /// The earlier push that this one supplements or withdraws: its receipt goes with this one.
  public var about: PushID?
  /// When the platform must have it, by law or agreement.
  public var due: Timestamp?
  /// Smaller ones are sent first.
  public var priority: Int
  /// What tells applications apart that are the same to the letter and are meant to be several: one that a platform took
  /// and declined is handed in again as another. Empty where there is one only.
  public var occasion = ""
  /// Somebody has decided that what was refused is handed in once more: it follows the end of its row. Elsewhere that is refused without ``follows``.
  public var isRepeatedOnPurpose = false
  public var requestID: String

  public init(
    record: ApplicationRecord, attachments: [Attachment] = [], sequence: String? = nil,
    follows: PushID? = nil, about: PushID? = nil, due: Timestamp? = nil, priority: Int = 0,
    requestID: String
  ) {
    self.record = record
    self.attachments = attachments
    self.sequence = sequence
    self.follows = follows
    self.about = about
    self.due = due
    self.priority = priority
    self.requestID = requestID
  }

  /// The sequence of a case that a person names, by its number and nobody's: in a space of its own, since everything that the gateway does one after another has a
  /// sequence of the same queue.
  public static func sequence(ofCase name: String) -> String { casePrefix + name }

  static let casePrefix = "case/"
}

/// A request that fits its template, sealed and ready to be stored.
public struct PreparedPush: Sendable {
  let platform: String
  let operation: String
  let lane: String
  let item: String
  let key: String
  let sequence: String
  /// Of a repetition as of the first: whatever occasion told that apart.
  var business: [UInt8]
  /// Of a repetition that of the first.
  var occasion: String?
  /// For which application, whatever the occasion.
  let application: [UInt8]
  let content: [UInt8]
  let idempotency: Idempotency.Class
  var follows: PushID?
  let instead: PushID?
  let isRepeatedOnPurpose: Bool
  var about: PushID?
  let withdraws: Bool
  let due: Timestamp?
  let priority: Int
  let requestID: String
  /// By the number of the part.
  let parts: [(number: Int, sealed: [UInt8])]

  func work(_ id: PushID, at time: Timestamp) -> NewWork {
    NewWork(
      kind: .push, lane: lane, sequence: sequence, businessKey: business,
      // What repeats another, or is about one, is work of its own.
      contentDigest: follows == nil && about == nil ? content : content + Array(key.utf8),
      payload: PushHandler.payload(id),
      notBefore: time, priority: priority)
  }
}

/// What became of handing something in.
public struct PushTicket: Hashable, Sendable {
  public let id: PushID
  /// The first of the same content, whose answer is the answer of this one: nothing is sent for it.
  public let duplicateOf: PushID?
}
