import Access
import Adapters
import Documents
import Exchanges
import Gateway
import Mapping
import Registry
import Sync
import Testing

@testable import GatewayAPI
@testable import zhengdian

/// What the pages say must be so: examples parse and run, commands and routes exist, links lead somewhere.
@Suite struct DocumentationTests {
  static let root = DocumentationPage.root

  @Test func findsThePages() throws {
    let paths = try DocumentationPage.all().map(\.path)
    for path in ["README.md", "README.zh-CN.md", "docs/concepts.md", "docs/reference/command-line.md"] {
      #expect(paths.contains(path))
    }
  }

  @Test func linksLeadSomewhere() throws {
    for page in try DocumentationPage.all() {
      for (target, line) in page.links where !target.hasPrefix("http") {
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
          String.init)
        let folder = page.path.split(separator: "/").dropLast().map { $0 + "/" }.joined()
        let path = parts[0].isEmpty ? page.path : Self.plain(folder + parts[0])
        #expect(DocumentationPage.exists(path), "\(page.path):\(line): \(target)")
        guard parts.count > 1, path.hasSuffix(".md"), DocumentationPage.exists(path) else { continue }
        let anchors = try DocumentationPage(path: path).anchors
        #expect(anchors.contains(parts[1]), "\(page.path):\(line): \(target)")
      }
    }
  }

  /// `docs/reference/../concepts.md` without the detour.
  private static func plain(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
      if part == "..", !parts.isEmpty { parts.removeLast() } else if part != "." { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }

  // MARK: YAML

  /// Every block of YAML says what it is, and is that: a whole file, or marked as an excerpt.
  @Test func yamlBlocksAreWhatTheySay() throws {
    for page in try DocumentationPage.all() {
      for block in page.blocks where block.language == "yaml" {
        let diagnostics = Diagnostics()
        let file = "\(page.path):\(block.line)"
        switch block.words.dropFirst().first {
        case "configuration":
          _ = SiteConfiguration.parse(
            Array(block.text.utf8), file: file, share: Self.root, diagnostics: diagnostics)
        case "adapter": try Self.readAdapter(block, file, diagnostics)
        case "mapping": try Self.readMapping(block, file, diagnostics)
        case "template": try Self.readTemplate(block, file, diagnostics)
        default:
          diagnostics.report(Diagnostic(.error, file: file, message: "the block does not say what it is"))
        }
        if block.words.contains("excerpt") {
          #expect(throws: Never.self, "\(file)") { _ = try YAMLDocument(parsing: block.text, file: file) }
        } else {
          #expect(!diagnostics.hasErrors, "\(diagnostics.errors.map(\.description).joined(separator: "\n"))")
        }
      }
    }
  }

  private static func readAdapter(
    _ block: DocumentationPage.Block, _ file: String, _ diagnostics: Diagnostics
  ) throws {
    guard !block.words.contains("excerpt") else { return }
    let name = try name(of: block, after: "adapter:")
    let installed = try LibraryFolder("\(root)/Adapters").adapters().filter { $0.name.hasPrefix("families/") }
    let families = installed.map { AdapterLibrary.Source(name: $0.name, file: $0.path, bytes: $0.bytes) }
    let library = AdapterLibrary(
      families + [AdapterLibrary.Source(name: name, file: file, bytes: Array(block.text.utf8))], diagnostics)
    #expect(library.adapter(name) != nil, "\(file)")
  }

  private static func readMapping(
    _ block: DocumentationPage.Block, _ file: String, _ diagnostics: Diagnostics
  ) throws {
    guard !block.words.contains("excerpt") else { return }
    let name = try name(of: block, after: "mapping:")
    let lists = try LibraryFolder("\(root)/Mappings").codeLists().map {
      MappingSource(name: $0.name, file: $0.path, bytes: $0.bytes)
    }
    let library = MappingLibrary(
      mappings: [MappingSource(name: name, file: file, bytes: Array(block.text.utf8))], codeLists: lists,
      diagnostics: diagnostics)
    #expect(library[name] != nil, "\(file)")
  }

  private static func readTemplate(
    _ block: DocumentationPage.Block, _ file: String, _ diagnostics: Diagnostics
  ) throws {
    guard !block.words.contains("excerpt") else { return }
    let name = try name(of: block, after: "template:")
    let library = MappingLibrary(
      mappings: [MappingSource(name: name, file: file, bytes: Array(block.text.utf8))], codeLists: [],
      diagnostics: diagnostics)
    #expect(library.template(name) != nil, "\(file)")
  }

  private static func name(of block: DocumentationPage.Block, after key: String) throws -> String {
    let line = try #require(block.lines.first { $0.hasPrefix(key) })
    return String(line.dropFirst(key.count).drop { $0 == " " }.prefix { $0 != " " })
  }

  // MARK: The command line

  /// What a `console` block shows is what the program says.
  @Test func examplesShowWhatTheProgramSays() async throws {
    var count = 0
    for page in try DocumentationPage.all() {
      for block in page.blocks where block.language == "console" {
        var shown: [String] = []
        var line: ShellLine?
        for text in block.lines + ["$ "] {
          guard text.hasPrefix("$ ") else {
            shown.append(text)
            continue
          }
          if let line {
            let said = await Self.output(of: line)
            #expect(shown == said, "\(page.path):\(block.line): \(line.arguments)")
            count += 1
          }
          line = ShellLine(String(text.dropFirst(2)))
          shown = []
        }
      }
    }
    #expect(count > 10)
  }

  private static func output(of line: ShellLine) async -> [String] {
    let output = Output()
    let program = Program(
      environment: Environment(["ZHENGDIAN_HOME": root]), input: .bytes(Array((line.input ?? "").utf8)),
      output: output, errors: Output())
    _ = await program.run(line.arguments)
    return output.captured.split(separator: "\n").map(String.init)
  }

  /// A whole call in a block of shell must be one that the program accepts.
  @Test func callsInBlocksAreAccepted() throws {
    for page in try DocumentationPage.all() {
      for block in page.blocks where block.language == "sh" || block.language == "console" {
        for (line, text) in Self.joined(block) {
          guard let call = ShellLine(text.hasPrefix("$ ") ? String(text.dropFirst(2)) : text) else {
            continue
          }
          var parser = ArgumentParser(root: CommandTree.root)
          #expect(throws: Never.self, "\(page.path):\(line): \(text)") {
            _ = try parser.parse(call.arguments)
          }
        }
      }
    }
  }

  /// Lines that end in a backslash go on in the next one.
  private static func joined(_ block: DocumentationPage.Block) -> [(line: Int, text: String)] {
    var lines: [(Int, String)] = []
    var begun: (line: Int, text: String)?
    for (index, line) in block.lines.enumerated() {
      let text = (begun?.text ?? "") + line
      let start = begun?.line ?? block.line + index
      if text.hasSuffix("\\") {
        begun = (start, text.dropLast() + " ")
      } else {
        lines.append((start, text))
        begun = nil
      }
    }
    return lines
  }

  /// Commands named in running text, and their options, are there.
  @Test func namedCommandsExist() throws {
    for page in try DocumentationPage.all() {
      for (index, line) in page.prose.enumerated() {
        for words in Self.calls(in: line) {
          let found = Self.command(words)
          #expect(found != nil, "\(page.path):\(index + 1): zhengdian \(words.joined(separator: " "))")
        }
      }
    }
  }

  /// The words behind `zhengdian` in code spans and indented lines.
  private static func calls(in line: String) -> [[String]] {
    let spans =
      line.hasPrefix("    ")
      ? [line.drop { $0 == " " }]
      : line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter {
        $0.offset % 2 == 1
      }
      .map(\.element)
    return spans.filter { $0.hasPrefix("zhengdian ") }.map { span in
      span.split(separator: " ").dropFirst().map(String.init)
    }
  }

  /// The command that the first words lead to; nil where one is unknown, or an option is.
  private static func command(_ words: [String]) -> Command? {
    var command = CommandTree.root
    var rest = words[...]
    while let word = rest.first, let next = command.commands.first(where: { $0.name == word }) {
      command = next
      rest.removeFirst()
    }
    // `zhengdian --help`, `zhengdian COMMAND`
    if rest.count == words.count { return rest.first.map { !isWord($0) } == true ? command : nil }
    let isComplete = command.commands.isEmpty || rest.isEmpty || rest.first.map { !isWord($0) } == true
    guard isComplete else { return nil }
    let known = (command.options + ArgumentParser.common).map { "--" + $0.definition.name }
    let options = rest.filter { $0.hasPrefix("--") && $0.count > 2 }.map { $0.prefix { $0 != "=" } }
    return options.allSatisfy { known.contains(String($0)) } ? command : nil
  }

  private static func isWord(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") } && !text.hasPrefix("-")
  }

  /// Each command has its place on the page, and there or at its group each of its options.
  @Test func theCommandLinePageNamesEveryCommandAndOption() throws {
    let page = try DocumentationPage(path: "docs/reference/command-line.md")
    func check(_ command: Command, _ path: [String], _ groupText: String) {
      let words = path + [command.name]
      let section = page.section(words.joined(separator: " "))
      #expect(section != nil, "\(words.joined(separator: " "))")
      let text = groupText + (section ?? "")
      for option in command.options.map(\.definition.name) {
        #expect(text.contains("`--\(option)"), "\(words.joined(separator: " ")) --\(option)")
      }
      for inner in command.commands { check(inner, words, section ?? "") }
    }
    for command in CommandTree.root.commands { check(command, [Program.name], "") }
  }

  // MARK: Words

  @Test func theAPIPageNamesEveryRouteAndProblem() throws {
    let page = try DocumentationPage(path: "docs/reference/api.md").lines.joined(separator: "\n")
    for route in APIRoute.all {
      #expect(page.contains("\(route.method) \(route.pattern)"), "\(route.pattern)")
    }
    for code in ProblemCode.allCases { #expect(page.contains("`\(code.rawValue)`"), "\(code)") }
    for reason in MatchReason.allCases { #expect(page.contains("`\(reason.rawValue)`"), "\(reason)") }
  }

  @Test func pagesNameEveryClosedWord() throws {
    let concepts = try DocumentationPage(path: "docs/concepts.md").lines.joined(separator: "\n")
    let operations = try DocumentationPage(path: "docs/operations.md").lines.joined(separator: "\n")
    let configuration = try DocumentationPage(path: "docs/reference/configuration.md").lines.joined(
      separator: "\n")
    for outcome in Outcome.allCases { #expect(concepts.contains("`\(outcome.rawValue)`")) }
    for errorClass in ErrorClass.allCases {
      #expect(concepts.contains("`\(errorClass.rawValue)`"))
      #expect(operations.contains("`\(errorClass.rawValue)`"))
    }
    for verdict in CertificateProof.Field.Verdict.allCases {
      #expect(concepts.contains("`\(verdict.rawValue)`"))
    }
    for state in Incident.State.allCases { #expect(concepts.contains("`\(state.rawValue)`")) }
    for state in Disagreement.State.allCases { #expect(concepts.contains("`\(state.rawValue)`")) }
    let mappings = try DocumentationPage(path: "docs/reference/mapping.md").lines.joined(separator: "\n")
    for facet in Contract.Facet.allCases { #expect(mappings.contains("| `\(facet.rawValue)` |")) }
    for word in Contract.Word.allCases { #expect(mappings.contains("| `\(word.rawValue)` |")) }
    for kind in DriftKind.allCases where kind != .unreadableMessage {
      #expect(mappings.contains("`\(kind.rawValue)`"))
    }
    for scope in Scope.allCases { #expect(configuration.contains("`\(scope.rawValue)`")) }
  }
}
