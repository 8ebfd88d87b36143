/// What goes wrong.
public enum FaultKind: Hashable, Sendable {
  /// Nothing is answered for so many seconds, then the connection is reset.
  case stall(seconds: Double)
  /// The connection is reset without an answer.
  case reset
  /// The length of the whole body is declared, half of it is sent, the connection is closed.
  case halfBody
  /// The bytes are of the other charset than declared: GB18030 called UTF-8 by platforms of UTF-8, UTF-8 called
  /// GB18030 by platforms of GB18030.
  case wrongCharset
  /// The bytes are as ever, but declared to be of the other charset.
  case mislabelledCharset
  /// A log-in page with status 200.
  case htmlPage
  /// The secret that requests are signed with ends, and the call is refused for it. Platforms without expiring secrets
  /// refuse the signature.
  case expiredToken
  /// The same, and the secret that new ones are fetched with is forgotten too.
  case forgottenSecrets
  /// The platform's refusal for a used-up quota.
  case quota
  /// The page has no rows, and no next page is announced, although the declared total says there are more.
  case earlyEnd
  /// The first row of the page is damaged.
  case poisonedRecord(Poison)
  /// The message has another schema: all members or attributes of the first name have the second.
  case renamedField(from: String, to: String)
  /// The page before is delivered again.
  case duplicatedPage
  /// The body goes on with blanks up to so many bytes; the length is declared.
  case oversizedBody(bytes: Int)
  /// The body never ends.
  case endlessBody
  /// An XML document of nested entities.
  case billionLaughs
  /// The document breaks off, the HTTP message does not.
  case truncatedDocument
  /// The body arrives at this rate.
  case slowDrip(bytesPerSecond: Int)
  /// 503 with Retry-After.
  case unavailable(retryAfter: Int)
  /// The platform does what it is asked, and the connection is reset without an answer.
  case resetAfter
  /// The platform does what it is asked, is silent for so many seconds, and the connection is reset.
  case stallAfter(seconds: Double)
  /// The platform does what it is asked, and the gateway before it answers 502 with a page for people.
  case badGateway
  /// The platform does what it is asked, and a log-in page with status 200 comes back.
  case htmlPageAfter
  /// The answer comes after so many seconds.
  case slow(seconds: Double)
  /// The platform refuses the request for what it holds.
  case refusal
  /// A submission is answered as one that had come before.
  case duplicateAnswer
}

/// When a rule strikes, counted over the calls it matches.
public enum FaultTrigger: Hashable, Sendable {
  case always
  /// The nth matching call from now, counted from 1; once.
  case call(Int)
  /// Every nth matching call.
  case every(Int)
  /// With this probability, decided by the script's seed and the number of the call.
  case probability(Double)
}

/// One line of a fault script.
public struct FaultRule: Hashable, Sendable {
  /// Nil for all.
  public var platform: String?
  /// Nil for all.
  public var operation: String?
  public var trigger: FaultTrigger
  public var kind: FaultKind
  /// Strikes at most so often.
  public var most: Int?

  public init(
    _ kind: FaultKind, platform: String? = nil, operation: String? = nil, trigger: FaultTrigger = .always,
    most: Int? = nil
  ) {
    self.kind = kind
    self.platform = platform
    self.operation = operation
    self.trigger = trigger
    self.most = most
  }
}
