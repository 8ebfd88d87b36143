public import Certificates
public import CivilTime
public import Registry

/// The number under which a project is kept in the reserve (储备库). Says nothing of anybody.
public struct ReserveProjectID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }

  public var description: String { "\(rawValue)" }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How far a project has come. The raw value is stored and never changed.
public enum ReserveStage: String, CaseIterable, Hashable, Sendable {
  /// It has its code.
  case registered
  /// At least one of the permits that name its code holds.
  case permitted
  /// It became an application.
  case converted
  /// A person said that it is the same project as another one.
  case joined
  /// Its registration is cancelled, revoked or not valid any more.
  case withdrawn
}

/// A project that is known by its code before anybody applied: what may be shown to everybody who may see the list.
public struct ReserveProject: Hashable, Sendable {
  public let id: ReserveProjectID
  /// 投资项目代码 in its normal form.
  public let code: String
  /// The code of the project it is a part of, where its registration says so.
  public let parentCode: String?
  /// Area code.
  public let region: String
  public let stage: ReserveStage
  /// How much electricity it is said to need, in kW as it was written; nil where nobody says.
  public let capacity: String?
  /// How many of its permits hold.
  public let permits: Int
  /// How many of its approvals a platform has still to decide.
  public let underWay: Int
  /// What it became.
  public let application: SupplyApplicationID?
  /// The project that it is, by what a person said; ``ReserveStage/joined``.
  public let joinedTo: ReserveProjectID?
  public let created: Timestamp
  /// When what is known of it last changed.
  public let changed: Timestamp
  public let isErased: Bool
}

/// A project with what is sealed of it, and the projects it belongs together with.
public struct ReserveDetail: Sendable {
  public let project: ReserveProject
  /// Nil where it was erased.
  public let content: ReserveContent?
  /// The project it is a part of, where that is kept too.
  public let parent: ReserveProjectID?
  /// Its parts, the oldest first.
  public let parts: [ReserveProjectID]
  /// Projects that are this one by what a person said.
  public let joined: [ReserveProjectID]
  /// Projects of the same name by the same owner under other codes, which may be the same one, and of which nobody has said so.
  public let alike: [ReserveProjectID]

  /// The certificates that what is known rests on, for the audit of whoever reads it.
  public var certificates: [CertificateID] {
    content.map { [$0.certificate] + $0.approvals.map(\.certificate) } ?? []
  }
}

/// What a project's registration and its permits say. It may name people, so it is sealed.
public struct ReserveContent: Hashable, Sendable {
  /// Who builds: the applicant to be.
  public struct Owner: Hashable, Sendable {
    public let name: String
    public let code: String?
    /// Also where nothing says that it is an organisation.
    public let isPerson: Bool
  }

  /// A permit that names the project's code, or what a platform does about one that is not granted.
  public struct Approval: Hashable, Sendable {
    public let certificate: CertificateID
    public let kind: CertificateKind
    /// As the platform calls it.
    public let item: String?
    public let decided: CivilDate?
    /// It is a permit that was not cancelled, revoked or suspended.
    public let holds: Bool
    /// How far it is, in the platform's words.
    public let state: String?
    /// Nil of a permit.
    public let progress: ApprovalProgress?
  }

  public let name: String?
  public let place: String?
  public let scale: String?
  public let industry: String?
  public let startYear: String?
  public let endYear: String?
  /// Developers first.
  public let owners: [Owner]
  /// 法定代表人.
  public let representative: String?
  /// The registration.
  public let certificate: CertificateID
  public let approvals: [Approval]
}
