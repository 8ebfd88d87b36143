import CivilTime
public import Documents

extension CertificateRecord {
  /// Reads what ``encode()`` wrote.
  public init(decoding bytes: [UInt8]) throws(RecordError) {
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: bytes)
    } catch {
      throw RecordError(code: .notJSON, path: "", message: "the record is not JSON: \(error.message)")
    }
    try self.init(decoding: document.root)
  }

  /// Reads a record; strict: an unknown member, a `null` or a value of another type is an error.
  public init(decoding value: JSONValue) throws(RecordError) {
    guard let word = value["kind"]?.string, let kind = CertificateKind(rawValue: word) else {
      let words = CertificateKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw RecordError(code: .unknownKind, path: "kind", message: "one of \(words) is needed")
    }
    self.init(kind: kind)
    for (name, member) in value.members {
      switch name {
      case "kind": break
      case "basic": basic = try Self.values(of: member, .basic, kind, "basic")
      case "specific": specific = try Self.values(of: member, .specific, kind, "specific")
      case "management": management = try Self.values(of: member, .management, kind, "management")
      case "holders":
        guard member.isArray else {
          throw RecordError(code: .wrongType, path: "holders", message: "an array is needed")
        }
        for (place, element) in member.elements.enumerated() {
          holders.append(try Self.values(of: element, .holder, kind, "holders[\(place)]"))
        }
      default:
        throw RecordError(
          code: .unknownField, path: name,
          message: "a record has kind, basic, holders, specific and management")
      }
    }
  }

  private static func values(
    of object: JSONValue, _ group: Field.Group, _ kind: CertificateKind, _ path: String
  ) throws(RecordError) -> FieldValues {
    guard object.isObject else {
      throw RecordError(code: .wrongType, path: path, message: "an object is needed")
    }
    var values = FieldValues()
    values.reserveCapacity(object.count)
    for (name, member) in object.members {
      guard let field = FieldSchema.field(group, name, kind: kind) else {
        throw RecordError(
          code: .unknownField, path: "\(path).\(name)", message: "a \(kind.rawValue) has no such field")
      }
      guard let value = FieldValue(member, type: field.type) else {
        throw RecordError(
          code: .wrongType, path: "\(path).\(name)", message: "the value is not \(field.type.expectation)")
      }
      values[field] = value
    }
    return values
  }
}

extension FieldValue {
  fileprivate init?(_ json: JSONValue, type: FieldType) {
    switch type {
    case .text, .code, .identifier:
      guard let text = json.string else { return nil }
      self = .text(text)
    case .texts:
      guard json.isArray else { return nil }
      var texts: [String] = []
      for element in json.elements {
        guard let text = element.string else { return nil }
        texts.append(text)
      }
      self = .texts(texts)
    case .date:
      guard let text = json.string, let date = CivilDate(iso: text) else { return nil }
      self = .date(date)
    case .timestamp:
      guard let text = json.string, let timestamp = Timestamp(iso8601: text) else { return nil }
      self = .timestamp(timestamp)
    case .decimal:
      guard let text = json.string, DecimalText.canonical(text) == text else { return nil }
      self = .decimal(text)
    case .flag:
      guard let flag = json.boolean else { return nil }
      self = .flag(flag)
    }
  }
}

extension FieldType {
  /// How the type is written in JSON, for messages.
  var expectation: String {
    switch self {
    case .text, .code, .identifier: "a text"
    case .texts: "an array of texts"
    case .date: "a date such as \"2019-04-17\""
    case .timestamp: "a time such as \"2019-04-17T08:00:00.000Z\""
    case .decimal: "a decimal in canonical form, as text"
    case .flag: "true or false"
    }
  }
}
