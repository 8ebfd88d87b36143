import CivilTime
import Documents
import HTTPService
import Permits
import Supply

/// Reads a JSON object with a closed set of members and collects every fault with its JSON pointer. No fault repeats a value.
final class BodyReader {
  /// Characters of a text.
  static let longestText = 200
  /// Words of a list.
  static let mostWords = 64

  private let value: JSONValue
  private let pointer: String
  private let report: Report
  private var known: [String] = []

  /// The faults of one body, inner objects included.
  final class Report {
    fileprivate(set) var faults: [APIProblem.Fault] = []

    func add(_ pointer: String, _ message: String, suggestion: String? = nil) {
      faults.append(APIProblem.Fault(pointer: pointer, message: message, suggestion: suggestion))
    }
  }

  private init(_ value: JSONValue, pointer: String, report: Report) {
    self.value = value
    self.pointer = pointer
    self.report = report
  }

  /// Reads the body of a request by `body`, which gives nil only after a fault.
  static func read<Value>(
    _ request: HTTPServerRequest, largest: Int, _ body: (BodyReader) -> Value?
  ) throws(APIProblem) -> Value {
    guard request.body.count <= largest else {
      throw APIProblem(.bodyTooLarge, "At most \(largest) bytes are read.")
    }
    if let type = request.headers["Content-Type"], !isJSON(type) {
      throw APIProblem(.mediaType, "Send Content-Type: application/json.")
    }
    let document: JSONDocument
    do throws(DocumentError) {
      document = try JSONDocument(
        parsing: request.body,
        limits: JSONLimits(
          maxBytes: largest, maxDepth: 8, maxNodes: 10_000, refusesDuplicateKeys: true,
          refusesUnpairedSurrogates: true))
    } catch {
      let place = error.position.map { " (line \($0.line), column \($0.column))" } ?? ""
      // Messages of the reader may name members, which are the caller's words.
      throw APIProblem(.bodyMalformed, "The body was refused as \(error.code)\(place).")
    }
    let report = Report()
    guard document.root.isObject else {
      report.add("", "must be an object")
      throw invalid(report)
    }
    let reader = BodyReader(document.root, pointer: "", report: report)
    let result = body(reader)
    reader.finish()
    guard report.faults.isEmpty, let result else { throw invalid(report) }
    return result
  }

  func has(_ name: String) -> Bool {
    known.append(name)
    return value[name] != nil
  }

  /// A text of 1 to `most` characters; nil when it is not there, or after a fault.
  func text(_ name: String, most: Int = BodyReader.longestText) -> String? {
    guard let member = member(name) else { return nil }
    return text(member, at: place(name), most: most)
  }

  func texts(_ name: String, most: Int) -> [String]? {
    guard let elements = elements(name, most: most) else { return nil }
    return elements.enumerated().compactMap { text($1, at: "\(place(name))/\($0)", most: Self.longestText) }
  }

  /// A list of words of a closed set.
  func words(_ name: String, among words: [String], most: Int = BodyReader.mostWords) -> [String]? {
    guard let texts = texts(name, most: most) else { return nil }
    for (index, text) in texts.enumerated() where !words.contains(text) {
      let near = Suggestion.nearest(to: text, in: words)
      let known = words.count <= 16 ? ": \(words.joined(separator: ", "))" : ""
      report.add(
        "\(place(name))/\(index)", "must be a known word\(near == nil ? known : "")", suggestion: near)
    }
    return texts.filter(words.contains)
  }

  func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
    guard let member = member(name) else { return fallback }
    guard let number = member.integer, range.contains(number) else {
      fault(name, "must be an integer of \(range.lowerBound) to \(range.upperBound)")
      return fallback
    }
    return number
  }

  func flag(_ name: String, default fallback: Bool) -> Bool {
    guard let member = member(name) else { return fallback }
    guard let flag = member.boolean else {
      fault(name, "must be true or false")
      return fallback
    }
    return flag
  }

  func flag(_ name: String) -> Bool? {
    guard let member = member(name) else { return nil }
    guard let flag = member.boolean else {
      fault(name, "must be true or false")
      return nil
    }
    return flag
  }

  func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String, among type: Word.Type) -> Word? {
    guard let text = text(name) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    fault(
      name, "must be one of \(words.joined(separator: ", "))",
      suggestion: Suggestion.nearest(to: text, in: words))
    return nil
  }

  func timestamp(_ name: String) -> Timestamp? {
    guard let text = text(name) else { return nil }
    guard let time = Timestamp(iso8601: text) else {
      fault(name, "must be a time such as 2026-11-21T05:50:23Z")
      return nil
    }
    return time
  }

  func integers(_ name: String, in range: ClosedRange<Int>, most: Int) -> [Int]? {
    guard let elements = elements(name, most: most) else { return nil }
    let numbers = elements.compactMap(\.integer).filter(range.contains)
    guard numbers.count == elements.count else {
      fault(name, "must be a list of integers of \(range.lowerBound) or more")
      return nil
    }
    return numbers
  }

  /// An object read by `body`; nil when it is not there, or after a fault.
  func object<Value>(_ name: String, _ body: (BodyReader) -> Value?) -> Value? {
    guard let member = member(name) else { return nil }
    guard member.isObject else {
      fault(name, "must be an object")
      return nil
    }
    let reader = BodyReader(member, pointer: place(name), report: report)
    let value = body(reader)
    reader.finish()
    return value
  }

  /// The objects of a list, each read by `body`.
  func objects<Value>(_ name: String, most: Int, _ body: (BodyReader) -> Value?) -> [Value] {
    guard let elements = elements(name, most: most) else { return [] }
    var values: [Value] = []
    for (index, element) in elements.enumerated() {
      let place = "\(place(name))/\(index)"
      guard element.isObject else {
        report.add(place, "must be an object")
        continue
      }
      let reader = BodyReader(element, pointer: place, report: report)
      if let value = body(reader) { values.append(value) }
      reader.finish()
    }
    return values
  }

  /// The members of an object whose names are `names` and whose values are texts.
  func textsByName(_ name: String, names: [String], most: Int) -> [(name: String, text: String)] {
    guard let member = member(name) else { return [] }
    guard member.isObject, member.count <= most else {
      fault(name, "must be an object of at most \(most) members")
      return []
    }
    var texts: [(name: String, text: String)] = []
    for (key, value) in member.members {
      let place = "\(place(name))/\(Self.escaped(key))"
      guard names.contains(key) else {
        report.add(place, "is not known here", suggestion: Suggestion.nearest(to: key, in: names))
        continue
      }
      if let text = text(value, at: place, most: Self.longestText) { texts.append((key, text)) }
    }
    return texts
  }

  /// The whole object, read by a form that knows its members and says by itself what is wrong.
  ///
  /// - Parameter names: the members that the form reads; all of them where it says by itself which it does not know.
  func form<Value>(
    of names: [String]? = nil, _ read: (JSONValue) throws(PermitFormError) -> Value
  ) -> Value? {
    known += names ?? value.members.map(\.key)
    do throws(PermitFormError) {
      return try read(value)
    } catch {
      for fault in error.faults { report.add(pointer + fault.pointer, fault.message) }
      return nil
    }
  }

  func form<Value>(_ read: (JSONValue) throws(SupplyFormError) -> Value) -> Value? {
    known += value.members.map(\.key)
    do throws(SupplyFormError) {
      return try read(value)
    } catch {
      for fault in error.faults { report.add(pointer + fault.pointer, fault.message) }
      return nil
    }
  }

  func fault(_ name: String, _ message: String, suggestion: String? = nil) {
    report.add(place(name), message, suggestion: suggestion)
  }

  /// A fault of the object as a whole.
  func fault(_ message: String) {
    report.add(pointer, message)
  }

  private func finish() {
    for (name, _) in value.members where !known.contains(name) {
      report.add(
        "\(pointer)/\(Self.escaped(name))", "is not known here",
        suggestion: Suggestion.nearest(to: name, in: known))
    }
  }

  private func member(_ name: String) -> JSONValue? {
    known.append(name)
    return value[name]
  }

  private func elements(_ name: String, most: Int) -> [JSONValue]? {
    guard let member = member(name) else { return nil }
    guard member.isArray, member.count <= most else {
      fault(name, "must be a list of at most \(most)")
      return nil
    }
    return Array(member.elements)
  }

  private func text(_ value: JSONValue, at place: String, most: Int) -> String? {
    guard let text = value.string else {
      report.add(place, "must be a text, not \(value.kind.rawValue)")
      return nil
    }
    guard !text.isEmpty, text.count <= most else {
      report.add(place, "must have 1 to \(most) characters")
      return nil
    }
    return text
  }

  private func place(_ name: String) -> String { "\(pointer)/\(Self.escaped(name))" }

  private static func escaped(_ name: String) -> String {
    var result = ""
    for character in Words.shown(name) {
      switch character {
      case "~": result += "~0"
      case "/": result += "~1"
      default: result.append(character)
      }
    }
    return result
  }

  private static func invalid(_ report: Report) -> APIProblem {
    var problem = APIProblem(.bodyInvalid, "Each place that has to change is listed.")
    problem.faults = report.faults
    return problem
  }

  private static func isJSON(_ type: String) -> Bool {
    let name = type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
    return name == "application/json"
  }
}
