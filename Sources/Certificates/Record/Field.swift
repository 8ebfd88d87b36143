/// A field of certificate records: a place in the schema, cheap to copy and compare.
///
/// Fields are ordered as the schema lists them. Get one from ``FieldSchema`` by its path, or use the constants.
public struct Field: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The four parts of a record. The raw value is the word in paths.
  public enum Group: String, CaseIterable, Hashable, Sendable {
    case basic
    case holder
    case specific
    case management
  }

  let index: UInt8

  init(index: Int) { self.index = UInt8(index) }

  var definition: FieldDefinition { FieldSchema.definitions[Int(index)] }

  /// The name within its group, in camel case.
  public var name: String { definition.name }
  public var group: Group { definition.group }
  public var type: FieldType { definition.type }
  /// What people see, in Chinese.
  public var title: String { definition.title }
  public var englishTitle: String { definition.englishTitle }
  /// The short name of GB/T 36903 (ZZBH, KZ_BDCDYH) or of the real-estate tables, where one is known.
  public var standardName: String? { definition.standardName }
  public var mask: MaskRule { definition.mask }
  /// `basic.number`, `holder.name`, …
  public var path: String { definition.path }
  public var description: String { path }

  /// Whether records of `kind` may have this field.
  public func belongs(to kind: CertificateKind) -> Bool {
    definition.kindMask & FieldDefinition.bit(kind) != 0
  }

  /// Whether `value` is of the type this field holds. Codes and identifiers are texts; whether the text is right is
  /// for ``CertificateRecord/validate(today:)`` to say.
  public func accepts(_ value: FieldValue) -> Bool {
    switch (type, value) {
    case (.text, .text), (.code, .text), (.identifier, .text), (.texts, .texts), (.date, .date),
      (.timestamp, .timestamp), (.decimal, .decimal), (.flag, .flag):
      true
    default: false
    }
  }

  public static func < (left: Field, right: Field) -> Bool { left.index < right.index }
}

/// One line of the schema. A class, so that asking a field for its type copies no texts.
final class FieldDefinition: Sendable {
  let group: Field.Group
  let name: String
  let type: FieldType
  let title: String
  let englishTitle: String
  let standardName: String?
  let mask: MaskRule
  /// The kinds that have the field; `nil`: all.
  let kinds: Set<CertificateKind>?
  let path: String
  /// The kinds as bits, so that the question costs no hashing.
  let kindMask: UInt32

  init(
    _ group: Field.Group, _ name: String, _ type: FieldType, _ title: String, _ englishTitle: String,
    standard: String? = nil, mask: MaskRule = .open, kinds: Set<CertificateKind>? = nil
  ) {
    self.group = group
    self.name = name
    self.type = type
    self.title = title
    self.englishTitle = englishTitle
    standardName = standard
    self.mask = mask
    self.kinds = kinds
    path = "\(group.rawValue).\(name)"
    kindMask = kinds.map { $0.reduce(0) { $0 | Self.bit($1) } } ?? .max
  }

  static func bit(_ kind: CertificateKind) -> UInt32 {
    switch kind {
    case .identityCard: 1
    case .businessLicence: 2
    case .propertyDeed: 4
    case .propertyRegistrationProof: 8
    case .projectRegistration: 16
    case .constructionPlanningPermit: 32
    case .roadPermit: 64
    case .greeningPermit: 128
    case .contractorLicence: 256
    case .approvalCase: 512
    case .designLicence: 1024
    }
  }
}
