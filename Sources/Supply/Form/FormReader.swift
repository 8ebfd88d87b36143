import Certificates
import CivilTime
import Crypto
import Documents

/// Reads one object of a form and says of each member what is wrong with it.
struct FormReader {
  final class Report {
    private(set) var faults: [SupplyFormError.Fault] = []

    func add(_ pointer: String, _ message: String) {
      faults.append(SupplyFormError.Fault(pointer: pointer, message: message))
    }
  }

  private let value: JSONValue
  private let place: String
  private let report: Report

  init(_ value: JSONValue, at place: String, _ report: Report) {
    self.value = value
    self.place = place
    self.report = report
    if !value.isObject { report.add(place, "must be an object") }
  }

  /// Names the members there may be.
  func allow(_ names: String...) { allow(names: names) }

  func allow(names: [String]) {
    guard value.isObject else { return }
    for member in value.members where !names.contains(member.key) {
      let nearest = Suggestion.nearest(to: member.key, in: names).map { "; did you mean '\($0)'?" } ?? ""
      report.add(place, "a member is not known here\(nearest)")
    }
  }

  func has(_ name: String) -> Bool { value.isObject && value[name] != nil }

  /// A text of at most 200 characters; nil when it is not there, or after a fault.
  func text(_ name: String, isNeeded: Bool = false) -> String? {
    guard has(name), let member = value[name] else {
      if isNeeded, value.isObject { fault(name, "is needed: a text of 1 to 200 characters") }
      return nil
    }
    guard let text = member.string, 1...SupplyForm.longestText ~= text.count else {
      fault(name, "must be a text of 1 to 200 characters")
      return nil
    }
    return text
  }

  /// A text of which nothing is hidden: with a masked one nothing can be looked for.
  func whole(_ name: String, isNeeded: Bool = false) -> String? {
    guard let text = text(name, isNeeded: isNeeded) else { return nil }
    guard !text.contains("*"), !text.contains("＊"), text.contains(where: { !$0.isWhitespace }) else {
      fault(name, "is masked or empty; the whole text is needed")
      return nil
    }
    return text
  }

  func texts(_ name: String, most: Int) -> [String] {
    guard has(name), let member = value[name] else { return [] }
    let texts = member.isArray ? member.elements.compactMap(\.string) : []
    guard member.isArray, member.count <= most, texts.count == member.count,
      texts.allSatisfy({ 1...SupplyForm.longestText ~= $0.count })
    else {
      fault(name, "must be a list of at most \(most) texts of 1 to 200 characters")
      return []
    }
    return texts
  }

  /// What is needed and reads as `expected`.
  func parse<Value>(_ name: String, _ expected: String, _ read: (String) -> Value?) -> Value? {
    guard let text = value.isObject ? value[name]?.string : nil, let read = read(text) else {
      if value.isObject { fault(name, "must be \(expected)") }
      return nil
    }
    return read
  }

  func date(_ name: String) -> CivilDate? {
    guard has(name) else { return nil }
    return parse(name, "a date such as 2026-08-03") { CivilDate(iso: $0) }
  }

  func moment(_ name: String, isNeeded: Bool = false) -> Timestamp? {
    guard isNeeded || has(name) else { return nil }
    return parse(name, "a time such as 2026-11-21T05:50:23Z") { Timestamp(iso8601: $0) }
  }

  func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String, among type: Word.Type) -> Word? {
    let words = Word.allCases.map(\.rawValue)
    return parse(name, "one of \(words.joined(separator: ", "))") { Word(rawValue: $0) }
  }

  func words<Word: RawRepresentable<String> & CaseIterable>(_ name: String, among type: Word.Type) -> [Word] {
    let texts = texts(name, most: Word.allCases.count)
    let words = texts.compactMap { Word(rawValue: $0) }
    if words.count != texts.count {
      fault(name, "must be a list of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return words
  }

  func object(_ name: String, isNeeded: Bool = false) -> FormReader? {
    guard has(name), let member = value[name] else {
      if isNeeded, value.isObject { fault(name, "is needed") }
      return nil
    }
    return FormReader(member, at: "\(place)/\(name)", report)
  }

  func objects(_ name: String, most: Int) -> [FormReader] {
    guard has(name), let member = value[name] else { return [] }
    guard member.isArray, member.count <= most else {
      fault(name, "must be a list of at most \(most) objects")
      return []
    }
    return member.elements.enumerated().map { FormReader($1, at: "\(place)/\(name)/\($0)", report) }
  }

  func integer(_ name: String, _ expected: String) -> Int64? {
    guard let number = value[name]?.integer, number > 0 else {
      fault(name, "must be \(expected)")
      return nil
    }
    return Int64(number)
  }

  /// Bytes in Base64, however long.
  func content(_ name: String) -> [UInt8]? {
    guard value.isObject else { return nil }
    guard let text = value[name]?.string, let bytes = try? Base64.decode(text), !bytes.isEmpty else {
      fault(name, "must be the file in Base64")
      return nil
    }
    return bytes
  }

  /// An SM3 digest.
  func digest(_ name: String) -> String? {
    parse(name, "the SM3 digest of the file, 64 hexadecimal digits") { text in
      text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit } ? text.lowercased() : nil
    }
  }

  /// The utility's own number of an application; nil where there is none, or after a fault.
  func applicationNumber(_ name: String) -> String? {
    guard has(name) else { return nil }
    return parse(name, "a line of 1 to 64 letters, digits, '-', '_' or '.', and nobody's number") {
      SupplyForm.isNumber($0) && !Identifier.holdsCitizenNumber($0) ? $0 : nil
    }
  }

  func fault(_ name: String, _ message: String) { report.add("\(place)/\(name)", message) }
}
