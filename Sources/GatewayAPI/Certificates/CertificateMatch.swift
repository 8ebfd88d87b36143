import Certificates
import CivilTime
import Documents

/// Claims about a certificate, to be compared with what is held.
struct CertificateMatch: Sendable {
  static let mostHits = 50
  static let mostFields = 20

  /// A claim: the member or path under which it came, and what it says.
  struct Claim: Sendable {
    enum Subject: Sendable {
      case key(LookupDomain)
      case field(Field)
    }

    let name: String
    let subject: Subject
    let text: String
  }

  /// By which the certificates are found: the most telling one that was given.
  let finding: (name: String, key: LookupKey)
  /// Everything that was claimed, the finding key included.
  let claims: [Claim]
  let kinds: Set<CertificateKind>

  /// What was asked for, for the audit.
  let keys: [LookupKey]

  /// A certificate of its own number comes first, a person's code last. A name finds nothing by itself.
  private static let order: [LookupDomain] = [.identifier, .number, .unitNumber, .projectCode, .holderCode]
  /// The members that find, in that order.
  static let findingNames = order.compactMap { domain in
    SearchKeys.members.first { $0.domain == domain }?.name
  }

  init?(_ body: BodyReader) {
    let given = SearchKeys.read(body)
    kinds = SearchKeys.kinds(body)
    let fields = body.textsByName("fields", names: Self.fieldPaths, most: Self.mostFields)
    var claims = given.map { Claim(name: $0.name, subject: .key($0.key.domain), text: $0.text) }
    for (name, text) in fields {
      guard let field = Self.fields[name] else { continue }
      claims.append(Claim(name: name, subject: .field(field), text: text))
    }
    let best = Self.order.compactMap { domain in given.first { $0.key.domain == domain } }.first
    guard let best else {
      body.fault("needs one of \(Self.findingNames.joined(separator: ", ")) to find certificates by")
      return nil
    }
    finding = (best.name, best.key)
    keys = given.map(\.key)
    self.claims = claims
  }

  /// In order.
  static let fieldPaths = fields.keys.sorted()

  /// What can be compared: everything but where the record comes from.
  private static let fields: [String: Field] = {
    var fields: [String: Field] = [:]
    for field in FieldSchema.all where field.group != .management && field.type != .texts {
      fields[field.path] = field
    }
    return fields
  }()
}

/// What a comparison says.
enum MatchVerdict: String, CaseIterable, Sendable {
  case same
  case different
  /// It cannot be told: the platform did not say, or the text could be another spelling.
  case unsure
}

enum MatchReason: String, CaseIterable, Sendable {
  case equal
  case unequal
  case notGiven = "not-given"
  case notOfThisKind = "not-of-this-kind"
  case otherSpelling = "other-spelling"
  case unreadable
  case otherHolder = "other-holder"

  var title: String {
    switch self {
    case .equal: "一致"
    case .unequal: "不一致"
    case .notGiven: "来源未提供,无法比对"
    case .notOfThisKind: "此类证照没有该项"
    case .otherSpelling: "表述不同,无法断定"
    case .unreadable: "所填内容无法识别"
    case .otherHolder: "属于另一持证主体"
    }
  }

  var englishTitle: String {
    switch self {
    case .equal: "equal"
    case .unequal: "not equal"
    case .notGiven: "the platform did not say"
    case .notOfThisKind: "this kind of certificate has no such field"
    case .otherSpelling: "spelt differently; it cannot be told"
    case .unreadable: "the claim cannot be read as what the field holds"
    case .otherHolder: "belongs to another holder of the certificate"
    }
  }
}
