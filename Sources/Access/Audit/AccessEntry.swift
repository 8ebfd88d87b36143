public import Certificates
public import CivilTime
public import Registry

/// What somebody did with certificates, or decided. The raw value is stored and never changed.
public enum AccessAction: String, CaseIterable, Hashable, Sendable {
  case search
  case match
  case read
  case history
  case evidence
  /// What was said in an exchange was destroyed.
  case erase
  case acknowledgeIncident = "incident-acknowledge"
  case closeIncident = "incident-close"
  case dismissDisagreement = "disagreement-dismiss"
  /// A platform was told what another one says.
  case objectToDisagreement = "disagreement-object"
  case signPush = "push-sign"
  case retryPush = "push-retry"
  case cancelPush = "push-cancel"
  case planReplay = "replay-plan"
  case approveReplay = "replay-approve"
  case startReplay = "replay-start"
  case stopReplay = "replay-stop"
  case cancelReplay = "replay-cancel"
  case releaseWork = "work-release"
  case cancelWork = "work-cancel"
  case openPermit = "permit-submit"
  case enterPermit = "permit-enter"
  case supplementPermit = "permit-supplement"
  case withdrawPermit = "permit-withdraw"
  case retryPermit = "permit-retry"
  /// What an application for electricity still needs was judged by certificates.
  case evaluateSupply = "supply-evaluate"
  /// A verdict that was kept was read.
  case readSupply = "supply-read"
  case handInMaterial = "material-add"
  case searchMaterials = "material-search"
  case readMaterial = "material-read"
  /// The file itself was given out.
  case readMaterialFile = "material-file"
  /// A material was compared with a certificate.
  case verifyMaterial = "material-verify"
  case withdrawMaterial = "material-withdraw"
  case giveAuthorisation = "authorisation-add"
  case searchAuthorisations = "authorisation-search"
  case readAuthorisation = "authorisation-read"
  case revokeAuthorisation = "authorisation-revoke"
  /// It was noted that a customer is connected.
  case connectSupply = "supply-connected"
  /// The package of an application was taken, or what it lacks was looked for.
  case archiveSupply = "supply-archive"
  /// A project was looked for by its code.
  case findProject = "project-find"
  case readProject = "project-read"
  /// An application was made of a project.
  case convertProject = "project-convert"
  /// It was said that a project is the same one as another, or no longer.
  case joinProject = "project-join"
  case separateProject = "project-separate"
  /// A list of projects was read in.
  case importProjects = "project-import"
  case createSubscription = "subscription-create"
  case deleteSubscription = "subscription-delete"
  case resumeSubscription = "subscription-resume"
}

/// How it ended.
public enum AccessOutcome: String, CaseIterable, Hashable, Sendable {
  /// Something was shown, or it was shown that there is nothing.
  case answered
  /// There is no such certificate.
  case notFound = "not-found"
  /// Scope, purpose or a missing header forbade it; nothing was looked up.
  case refused
  /// The question was malformed; nothing was looked up.
  case invalid
  /// It could not be answered; nothing was shown.
  case failed
}

/// One look at certificates, or the attempt. Kept before the answer leaves.
public struct AccessEntry: Hashable, Sendable {
  public var time: Timestamp
  public var consumer: String
  /// As the consumer names the person (or job) that asks; it may be a person's name, so it is sealed.
  public var `operator`: String
  public var purpose: String
  /// 事项编码, where the look belongs to one; of a decision what it is about, as `incident-12`.
  public var item: String?
  public var action: AccessAction
  public var outcome: AccessOutcome
  /// The stable code of the error that was answered.
  public var code: String?
  /// Why, where something was done and not only looked at. It may name somebody, so it is sealed.
  public var reason: String?
  /// How many certificates were shown or compared.
  public var hits: Int
  public var certificates: [CertificateID]
  /// The paths of fields that were shown whole beyond what everybody sees.
  public var revealed: [String]
  /// What was looked for; kept as keyed digests only.
  public var keys: [LookupKey]
  public var requestID: String

  public init(
    time: Timestamp, consumer: String, operator: String, purpose: String, item: String? = nil,
    action: AccessAction, outcome: AccessOutcome, code: String? = nil, reason: String? = nil, hits: Int = 0,
    certificates: [CertificateID] = [], revealed: [String] = [], keys: [LookupKey] = [], requestID: String
  ) {
    self.time = time
    self.consumer = consumer
    self.operator = `operator`
    self.purpose = purpose
    self.item = item
    self.action = action
    self.outcome = outcome
    self.code = code
    self.reason = reason
    self.hits = hits
    self.certificates = certificates
    self.revealed = revealed
    self.keys = keys
    self.requestID = requestID
  }
}

/// An entry as the audit keeps it. What was looked for is not in it: digests are not turned back.
public struct AccessRecord: Hashable, Sendable {
  /// Grows in the order of recording.
  public let id: Int64
  public let entry: AccessEntry
}

/// Which entries to list; what is nil does not restrict.
public struct AccessFilter: Hashable, Sendable {
  public var since: Timestamp?
  /// Before this moment.
  public var until: Timestamp?
  public var consumer: String?
  public var purpose: String?
  public var `operator`: String?
  public var certificate: CertificateID?
  /// Those who looked for this, whether or not they found something.
  public var key: LookupKey?
  /// Goes on behind this entry.
  public var after: Int64?
  public var limit: Int
  /// Oldest first if not.
  public var isNewestFirst: Bool

  public init(
    since: Timestamp? = nil, until: Timestamp? = nil, consumer: String? = nil, purpose: String? = nil,
    operator: String? = nil, certificate: CertificateID? = nil, key: LookupKey? = nil, after: Int64? = nil,
    limit: Int = 100, isNewestFirst: Bool = false
  ) {
    self.since = since
    self.until = until
    self.consumer = consumer
    self.purpose = purpose
    self.operator = `operator`
    self.certificate = certificate
    self.key = key
    self.after = after
    self.limit = limit
    self.isNewestFirst = isNewestFirst
  }
}
