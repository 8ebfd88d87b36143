import CivilTime
import Documents
import HTTPService

/// Reads the query of an address with a closed set of parameters. Values are the words of lists and filters, never identifiers.
struct QueryReader {
  private let items: HTTPQuery

  init(_ request: HTTPServerRequest, known: [String]) throws(APIProblem) {
    guard let items = HTTPQuery(request.query) else {
      throw APIProblem(.queryInvalid, "The query is not percent-encoded UTF-8.")
    }
    var seen: Set<String> = []
    for item in items.items {
      guard known.contains(item.name) else {
        throw APIProblem(
          .queryInvalid, "The parameter '\(Words.shown(item.name))' is not known here.",
          suggestion: Suggestion.nearest(to: item.name, in: known))
      }
      guard seen.insert(item.name).inserted else {
        throw APIProblem(.queryInvalid, "The parameter '\(item.name)' is given more than once.")
      }
    }
    self.items = items
  }

  func text(_ name: String) -> String? { items[name] }

  func word<Word: RawRepresentable<String> & CaseIterable>(
    _ name: String, among type: Word.Type
  ) throws(APIProblem) -> Word? {
    guard let text = items[name] else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    throw APIProblem(
      .queryInvalid, "'\(name)' is one of \(words.joined(separator: ", ")).",
      suggestion: Suggestion.nearest(to: text, in: words))
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(APIProblem) -> Int? {
    guard let text = items[name] else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
      range.contains(number)
    else {
      throw APIProblem(
        .queryInvalid, "'\(name)' is an integer of \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  func timestamp(_ name: String) throws(APIProblem) -> Timestamp? {
    guard let text = items[name] else { return nil }
    guard let time = Timestamp(iso8601: text) else {
      throw APIProblem(.queryInvalid, "'\(name)' is a time such as 2026-11-21T05:50:23Z.")
    }
    return time
  }

  func flag(_ name: String) throws(APIProblem) -> Bool {
    switch items[name] {
    case nil, "false"?: false
    case "true"?: true
    default: throw APIProblem(.queryInvalid, "'\(name)' is true or false.")
    }
  }
}
