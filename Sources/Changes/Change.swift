public import CivilTime
public import Documents

/// Something that happened, to be appended to the feed. Nothing in it may name a person.
public struct NewChange: Hashable, Sendable {
  public let kind: ChangeKind
  /// What it happened to: `push-17`, or the opaque id of a certificate.
  public let subject: String
  /// A JSON object.
  let details: [UInt8]

  /// - Parameter details: names of this program and of the site, and numbers; what is nil is left out.
  public init(
    _ kind: ChangeKind, _ subject: String, _ details: KeyValuePairs<String, ChangeDetail?> = [:]
  ) {
    self.kind = kind
    self.subject = subject
    var writer = JSONWriter(reservingCapacity: 128)
    writer.object { writer in
      for (name, detail) in details {
        switch detail {
        case .word(let word)?: writer.member(name, word)
        case .number(let number)?: writer.member(name, number)
        case nil: break
        }
      }
    }
    self.details = writer.takeBytes()
  }

  private init(_ kind: ChangeKind, _ subject: String, sharing details: [UInt8]) {
    self.kind = kind
    self.subject = subject
    self.details = details
  }

  /// The same that happened to another: for many in a row, whose details are written once.
  public func happened(to subject: String) -> NewChange { NewChange(kind, subject, sharing: details) }
}

/// A value among the details of a change.
public enum ChangeDetail: Hashable, Sendable {
  case word(String)
  case number(Int64)

  public static func number(_ value: Int) -> ChangeDetail { .number(Int64(value)) }
}

/// Something that happened, in its place in the feed.
public struct Change: Hashable, Sendable {
  /// From 1, in the order in which the changes were committed, without gaps.
  public let sequence: Int64
  public let kind: ChangeKind
  public let subject: String
  public let moment: Timestamp
  /// A JSON object.
  public let details: [UInt8]

  /// The members, for whoever writes it out. The details are written as they are stored.
  public func write(to writer: inout JSONWriter) throws {
    writer.member("sequence", sequence)
    writer.member("kind", kind.rawValue)
    writer.member("subject", subject)
    writer.member("time", moment.iso8601)
    let document = try JSONDocument(parsing: details)
    writer.member("details") { $0.value(document.root) }
  }
}
