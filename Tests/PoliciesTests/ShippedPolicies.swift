import Documents
import Foundation
import Policies
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

  static func facts(_ json: String) throws -> Facts {
    try Facts(decoding: JSONDocument(parsing: Array(json.utf8)).root)
  }
}
