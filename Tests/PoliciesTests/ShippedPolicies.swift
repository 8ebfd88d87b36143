import Documents
import Foundation
import Policies
import TestSupport
import Testing

/// The policies of the repository.
enum ShippedPolicies {
  static let folders = ["national", "henan", "xinxian", "chongqing", "changzhou", "hangzhou"]

  static func library() throws -> PolicyLibrary {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let diagnostics = Diagnostics()
    let sources = try folders.map { name in
      let file = root.appending(path: "Adapters/\(name)/policy.yaml")
      return PolicyLibrary.Source(
        name: name, file: file.lastPathComponent, bytes: Array(try Data(contentsOf: file)))
    }
    let library = PolicyLibrary(sources, diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    return library
  }

  /// Something for every fact there is.
  static func randomFacts(_ chance: inout SplitMix64) -> Facts {
    var facts = Facts()
    for fact in Fact.allCases {
      switch fact.domain {
      case .number:
        // Half of them small, where the voltages and lengths lie that rules tell apart.
        let most = Bool.random(using: &chance) ? 25_000 : 2_000_000
        facts.set(fact, .number(Quantity(thousandths: Int.random(in: 0...most, using: &chance))))
      case .word(let words): facts.set(fact, .word(words.randomElement(using: &chance)!))
      case .words(let words): facts.set(fact, .words(Set(words.filter { _ in Bool.random(using: &chance) })))
      case .flag: facts.set(fact, .flag(Bool.random(using: &chance)))
      }
    }
    return facts
  }

  static func facts(_ json: String) throws -> Facts {
    try Facts(decoding: JSONDocument(parsing: Array(json.utf8)).root)
  }
}
