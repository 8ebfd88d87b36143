import Foundation
import Testing

/// The house as it is written down: the targets of Package.swift, their floors in docs/architecture.md, and what
/// their files really import.
struct House {
  struct Target: CustomTestStringConvertible {
    enum Kind: String {
      case library, room, tests
    }

    let kind: Kind
    let name: String
    /// From the root of the repository.
    let folder: String
    let dependencies: Set<String>
    /// The modules its files import, the system's among them.
    let imports: Set<String>

    var testDescription: String { name }
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  let targets: [Target]
  /// By target.
  let floors: [String: Int]

  static let shared = House()

  private init() {
    let manifest = Self.text("Package.swift")
    let declaration =
      #/
      \b(library|room|tests|support|executableTarget|testTarget)\(\s*(?:name:\ )?"(\w+)"
      (?:,\s*(?:dependencies:\ )?\[([^\]]*)\])?
      (?:,\s*path:\ "([^"]+)")?
      /#
    targets = manifest.matches(of: declaration).map { match in
      let isTests = ["tests", "support", "testTarget"].contains(match.1)
      let name = match.1 == "tests" ? "\(match.2)Tests" : "\(match.2)"
      var dependencies = Self.words(in: match.3 ?? "", between: "\"")
      if match.1 == "tests" { dependencies.insert("\(match.2)") }
      let folder = match.4.map(String.init) ?? "\(isTests ? "Tests" : "Sources")/\(name)"
      return Target(
        kind: match.1 == "library" ? .library : isTests ? .tests : .room, name: name, folder: folder,
        dependencies: dependencies, imports: Self.imports(below: folder))
    }
    var floors: [String: Int] = [:]
    for row in Self.text("docs/architecture.md").matches(of: /(?m)^\| (\d) \| ([^|]*) \|/) {
      for name in Self.words(in: row.2, between: "`") { floors[name] = Int(row.1) }
    }
    self.floors = floors
  }

  static func text(_ path: String) -> String {
    do {
      return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    } catch {
      fatalError("\(path): \(error)")
    }
  }

  static func folders(in path: String) throws -> Set<String> {
    Set(
      try FileManager.default.contentsOfDirectory(
        atPath: root.appending(path: path).path(percentEncoded: false)))
  }

  private static func words(in text: Substring, between quote: Character) -> Set<String> {
    let pieces = text.split(separator: quote, omittingEmptySubsequences: false)
    return Set(pieces.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) })
  }

  /// The paths of a folder's source files, from the root of the repository.
  static func sources(below folder: String) -> [String] {
    let files = FileManager.default.enumerator(
      atPath: root.appending(path: folder).path(percentEncoded: false))
    var paths: [String] = []
    while let file = files?.nextObject() as? String {
      if file.hasSuffix(".swift") { paths.append("\(folder)/\(file)") }
    }
    return paths
  }

  private static func imports(below folder: String) -> Set<String> {
    var modules: Set<String> = []
    for file in sources(below: folder) {
      let statement = /(?m)^(?:@\w+ +)?(?:\w+ +)?import +(?:(?:struct|class|enum|protocol|func|var) +)?(\w+)/
      for line in text(file).matches(of: statement) {
        modules.insert(String(line.1))
      }
    }
    return modules
  }
}
