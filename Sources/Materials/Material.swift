public import Applications
public import Certificates
public import CivilTime
public import Registry

/// The number under which a material is kept. Says nothing of anybody.
public struct MaterialID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }

  public var description: String { String(rawValue) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What place or project a material is about, as far as it was said.
public struct MaterialPlace: Hashable, Sendable {
  public let address: String?
  /// 不动产单元号.
  public let unitNumber: String?
  public let projectCode: String?

  public init(address: String? = nil, unitNumber: String? = nil, projectCode: String? = nil) {
    self.address = address
    self.unitNumber = unitNumber
    self.projectCode = projectCode
  }

  public var isEmpty: Bool { address == nil && unitNumber == nil && projectCode == nil }
}

/// A file that a customer hands in, before it is kept.
public struct NewMaterial: Sendable {
  /// By which policies speak of it.
  public var code: String
  /// The certificate that it shows, where it is one that platforms tell of.
  public var kind: CertificateKind?
  public var holder: PaperHolder
  /// The number on it.
  public var number: String?
  public var issued: CivilDate?
  /// The last day on which it holds; nil: without end.
  public var validTo: CivilDate?
  public var place: MaterialPlace
  /// The business for which it was handed in, in the word of the fact `business`.
  public var business: String
  /// The utility's own number of the application.
  public var application: String?
  /// The consumer through which it came: a name of the site's.
  public var channel: String
  /// Who took it; sealed.
  public var `operator`: String
  public var file: Attachment

  public init(
    code: String, kind: CertificateKind? = nil, holder: PaperHolder, number: String? = nil,
    issued: CivilDate? = nil, validTo: CivilDate? = nil, place: MaterialPlace = MaterialPlace(),
    business: String, application: String? = nil, channel: String, operator: String, file: Attachment
  ) {
    self.code = code
    self.kind = kind
    self.holder = holder
    self.number = number
    self.issued = issued
    self.validTo = validTo
    self.place = place
    self.business = business
    self.application = application
    self.channel = channel
    self.operator = `operator`
    self.file = file
  }
}

/// A material as it is kept.
public struct Material: Hashable, Sendable {
  public let id: MaterialID
  public let code: String
  public let kind: CertificateKind?
  public let issued: CivilDate?
  public let validTo: CivilDate?
  public let business: String
  public let application: String?
  public let channel: String
  public let received: Timestamp
  /// Bytes of the file.
  public let size: Int
  /// What became of it when it was last compared with a certificate; nil: nobody has.
  public let check: MaterialCheck?
  public let withdrawn: Timestamp?
  public let erased: Timestamp?
  /// What follows is nil once it was erased.
  public let details: Details?

  /// What tells about people; sealed.
  public struct Details: Hashable, Sendable {
    public let holder: PaperHolder
    public let number: String?
    public let place: MaterialPlace
    public let `operator`: String
    /// Of the file, in hexadecimal.
    public let sm3: String
  }

  /// Whether it may stand for the paper on a day.
  public func holds(on day: CivilDate) -> Bool {
    withdrawn == nil && erased == nil && (validTo.map { day <= $0 } ?? true)
  }
}
