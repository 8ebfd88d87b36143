import CivilTime
public import Documents

extension ApplicationRecord {
  /// Reads what ``encode(layout:)`` wrote, or somebody else's JSON of the same form; strict: an unknown member, a null or a value of another type is an error.
  public init(decoding bytes: [UInt8]) throws(ApplicationError) {
    let document: JSONDocument
    do throws(DocumentError) {
      document = try JSONDocument(parsing: bytes)
    } catch {
      throw ApplicationError(problems: [
        .init(code: .notJSON, field: "", message: "the application is not JSON: \(error.message)")
      ])
    }
    try self.init(decoding: document.root)
  }

  /// Reads `{"kind": …, field: value, …}`. Dates are `2026-03-01`, amounts numbers or texts, both without exponent.
  ///
  /// - Parameter fallbacks: stand for fields that are not given, a group as a whole.
  public init(
    decoding value: JSONValue, fallbacks: ApplicationValues = ApplicationValues()
  ) throws(ApplicationError) {
    guard let word = value["kind"]?.string, let kind = ApplicationKind(rawValue: word) else {
      let words = ApplicationKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ApplicationError(problems: [
        .init(code: .unknownKind, field: "kind", message: "one of \(words) is needed")
      ])
    }
    var reading = Reading()
    self.init(kind: kind, values: reading.values(of: value, kind.fields, "", besides: "kind", fallbacks))
    if reading.problems.isEmpty { reading.contradictions(of: self) }
    guard reading.problems.isEmpty else { throw ApplicationError(problems: reading.problems) }
  }

  /// The record as JSON; the same record gives the same bytes.
  public func encode(layout: JSONWriter.Layout = .compact) -> [UInt8] {
    var writer = JSONWriter(layout: layout)
    write(to: &writer)
    return writer.takeBytes()
  }

  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("kind", kind.rawValue)
      Self.write(values, kind.fields, &writer)
    }
  }

  private static func write(
    _ values: ApplicationValues, _ fields: [ApplicationField], _ writer: inout JSONWriter
  ) {
    for field in fields {
      guard let value = values[field.name] else { continue }
      writer.member(field.name) { writer in
        switch value {
        case .text(let text), .amount(let text): writer.string(text)
        case .date(let date): writer.string(date.description)
        case .flag(let flag): writer.boolean(flag)
        case .group(let inner): writer.object { write(inner, field.fields, &$0) }
        case .list(let elements):
          writer.array { writer in
            for element in elements { writer.object { write(element, field.fields, &$0) } }
          }
        }
      }
    }
  }
}

/// One reading, with everything that is wrong.
private struct Reading {
  var problems: [ApplicationError.Problem] = []

  mutating func values(
    of object: JSONValue, _ fields: [ApplicationField], _ path: String, besides other: String? = nil,
    _ fallbacks: ApplicationValues = ApplicationValues()
  ) -> ApplicationValues {
    var values = ApplicationValues()
    guard object.isObject else {
      report(.wrongType, path, "an object is needed")
      return values
    }
    for (name, member) in object.members where name != other {
      let place = Self.join(path, name)
      guard let field = fields[name] else {
        let nearest = Suggestion.nearest(to: name, in: fields.map(\.name))
        report(
          .unknownField, place,
          "there is no such field" + (nearest.map { " (did you mean '\($0)'?)" } ?? ""))
        continue
      }
      values[name] = value(of: member, field, place)
    }
    for field in fields where object[field.name] == nil {
      values[field.name] = fallbacks[field.name]
      guard field.isRequired, values[field.name] == nil else { continue }
      report(.missing, Self.join(path, field.name), "\(field.title) is needed")
    }
    return values
  }

  /// Nil after a report.
  private mutating func value(
    of json: JSONValue, _ field: ApplicationField, _ path: String
  ) -> ApplicationValue? {
    switch field.type {
    case .text:
      guard let text = json.string, !text.isEmpty else { return wrong(path, "a text that is not empty") }
      return .text(text)
    case .code(let words):
      guard let text = json.string, words.contains(text) else {
        return wrong(path, "one of \(words.joined(separator: ", "))")
      }
      return .text(text)
    case .date:
      guard let date = json.string.flatMap({ CivilDate(iso: $0) }) else {
        return wrong(path, "a date such as 2026-03-01")
      }
      return .date(date)
    case .amount(let unit):
      guard let text = json.scalarText, json.isNumber || json.isString, let amount = Amount.canonical(text)
      else { return wrong(path, "a number in \(unit), not negative and without exponent") }
      return .amount(amount)
    case .flag:
      guard let flag = json.boolean else { return wrong(path, "true or false") }
      return .flag(flag)
    case .group(let fields): return .group(values(of: json, fields, path))
    case .list(let fields):
      guard json.isArray else { return wrong(path, "a list") }
      var elements: [ApplicationValues] = []
      for (place, element) in json.elements.enumerated() {
        elements.append(values(of: element, fields, "\(path)[\(place)]"))
      }
      return .list(elements)
    }
  }

  mutating func contradictions(of record: ApplicationRecord) {
    if case .date(let start)? = record.values["startDate"], case .date(let end)? = record.values["endDate"],
      end < start
    {
      report(.contradiction, "endDate", "the end is before the start")
    }
  }

  private mutating func wrong(_ path: String, _ expected: String) -> ApplicationValue? {
    report(.wrongType, path, "\(expected) is needed")
    return nil
  }

  private mutating func report(_ code: ApplicationError.Problem.Code, _ path: String, _ message: String) {
    problems.append(.init(code: code, field: path, message: message))
  }

  private static func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }
}

/// The one written form of an amount: digits, a point only before digits, no superfluous zeros.
enum Amount {
  private static let mostDigits = 30

  static func canonical(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard (1...mostDigits).contains(bytes.count) else { return nil }
    let point = bytes.firstIndex(of: UInt8(ascii: "."))
    var whole = bytes[..<(point ?? bytes.endIndex)]
    var fraction = point.map { bytes[($0 + 1)...] } ?? []
    guard !whole.isEmpty, point == nil || !fraction.isEmpty,
      (whole + fraction).allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    while whole.count > 1, whole.first == UInt8(ascii: "0") { whole = whole.dropFirst() }
    while fraction.last == UInt8(ascii: "0") { fraction = fraction.dropLast() }
    return String(decoding: whole + (fraction.isEmpty ? [] : [UInt8(ascii: ".")]) + fraction, as: UTF8.self)
  }
}
