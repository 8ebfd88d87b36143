public import CivilTime

/// What the utility hands in, before a template makes a platform's message of it. It names people: no log line, no plain column.
public struct ApplicationRecord: Hashable, Sendable {
  public let kind: ApplicationKind
  public var values: ApplicationValues

  public init(kind: ApplicationKind, values: ApplicationValues = ApplicationValues()) {
    self.kind = kind
    self.values = values
  }
}

/// The values of one level of a record, by name.
public struct ApplicationValues: Hashable, Sendable {
  public private(set) var byName: [String: ApplicationValue] = [:]

  public init(_ values: [String: ApplicationValue] = [:]) { byName = values }

  public subscript(name: String) -> ApplicationValue? {
    get { byName[name] }
    set { byName[name] = newValue }
  }

  /// The value at `applicant.name`; nil where none is, or a list is on the way.
  public func value(at path: String) -> ApplicationValue? {
    guard let dot = path.firstIndex(of: ".") else { return byName[path] }
    guard case .group(let inner)? = byName[String(path[..<dot])] else { return nil }
    return inner.value(at: String(path[path.index(after: dot)...]))
  }
}

public enum ApplicationValue: Hashable, Sendable {
  case text(String)
  case date(CivilDate)
  /// The canonical written form; the unit is the field's.
  case amount(String)
  case flag(Bool)
  case group(ApplicationValues)
  case list([ApplicationValues])

  /// The value as one text, in the form records write it; nil of groups and lists.
  public var text: String? {
    switch self {
    case .text(let text), .amount(let text): text
    case .date(let date): date.description
    case .flag(let flag): flag ? "true" : "false"
    case .group, .list: nil
    }
  }
}

/// Bytes that go with an application: a drawing, a power of attorney.
public struct Attachment: Hashable, Sendable {
  public let name: String
  /// `application/pdf`
  public let mediaType: String
  public let bytes: [UInt8]
  /// Lower-case hexadecimal, by which a record's list names it.
  public let sm3: String

  public init(name: String, mediaType: String, bytes: [UInt8], sm3: String) {
    self.name = name
    self.mediaType = mediaType
    self.bytes = bytes
    self.sm3 = sm3
  }
}
