import Glibc

@testable import zhengdian

/// One Markdown file of the project, as far as its promises can be checked: links, fenced blocks, commands.
struct DocumentationPage {
  /// ```` ```yaml mapping excerpt ```` and what follows it.
  struct Block {
    /// The words behind the fence.
    let words: [String]
    let lines: [String]
    /// Of the first line of `lines`, from 1.
    let line: Int

    var language: String { words.first ?? "" }
    var text: String { lines.map { $0 + "\n" }.joined() }
  }

  /// Below the project's folder.
  let path: String
  let lines: [String]
  let blocks: [Block]
  /// The lines outside fenced blocks, the others empty.
  let prose: [String]

  /// The folder of the project: three above this file's.
  static let root = String(#filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined())

  static func all() throws -> [DocumentationPage] {
    var pages: [DocumentationPage] = []
    for folder in ["", "docs/", "docs/reference/"] {
      for name in try InputFolder.files(in: "\(root)/\(folder)", ending: ".md") {
        pages.append(try DocumentationPage(path: folder + name))
      }
    }
    return pages
  }

  /// Whether there is a file or folder of this name below the project's folder.
  static func exists(_ path: String) -> Bool { unsafe access("\(root)/\(path)", F_OK) == 0 }

  init(path: String) throws {
    let bytes = try InputFile.read("\(Self.root)/\(path)", most: 1 << 20)
    self.init(path: path, text: String(decoding: bytes, as: UTF8.self))
  }

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var blocks: [Block] = []
    var prose: [String] = []
    var open: (words: [String], lines: [String], line: Int)?
    for (index, line) in lines.enumerated() {
      let isFence = line.hasPrefix("```")
      switch open {
      case nil where isFence:
        let words = line.dropFirst(3).split(separator: " ").map(String.init)
        open = (words, [], index + 2)
      case nil: break
      case let block? where isFence:
        blocks.append(Block(words: block.words, lines: block.lines, line: block.line))
        open = nil
      case _?: open?.lines.append(line)
      }
      prose.append(isFence || open != nil ? "" : line)
    }
    self.blocks = blocks
    self.prose = prose
  }

  /// Targets of links, with the line each stands in.
  var links: [(target: String, line: Int)] {
    var links: [(String, Int)] = []
    for (index, line) in prose.enumerated() {
      var rest = line[...]
      while let start = rest.firstRange(of: "](") {
        rest = rest[start.upperBound...]
        guard let end = rest.firstIndex(of: ")") else { break }
        links.append((String(rest[..<end]), index + 1))
      }
    }
    return links
  }

  /// What stands below a heading, up to the next one; nil without such a heading.
  func section(_ heading: String) -> String? {
    guard let start = prose.firstIndex(where: { $0.hasPrefix("#") && $0.drop { $0 == "#" } == " " + heading })
    else { return nil }
    return prose[(start + 1)...].prefix { !$0.hasPrefix("#") }.joined(separator: "\n")
  }

  /// Headings as addresses name them: lower case, punctuation left out, blanks as hyphens.
  var anchors: Set<String> {
    var anchors: Set<String> = []
    for line in prose where line.hasPrefix("#") {
      let heading = line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
      anchors.insert(
        String(
          heading.compactMap { character in
            if character == " " { return "-" }
            return character.isLetter || character.isNumber || character == "-" || character == "_"
              ? character : nil
          }))
    }
    return anchors
  }
}

/// A line of a shell as the pages use it: words, single and double quotes, a pipe into the program.
struct ShellLine {
  /// What `echo` in front of the pipe says, nil without one.
  let input: String?
  /// The words behind `zhengdian`.
  let arguments: [String]

  /// nil for a line that does not call the program.
  init?(_ line: String) {
    let segments = Self.segments(line)
    guard let place = segments.firstIndex(where: { $0.first == "zhengdian" }) else { return nil }
    arguments = Array(segments[place].dropFirst())
    guard place > 0, segments[place - 1].first == "echo" else {
      input = nil
      return
    }
    input = segments[place - 1].dropFirst().joined(separator: " ") + "\n"
  }

  /// The commands between pipes.
  private static func segments(_ line: String) -> [[String]] {
    var segments: [[String]] = [[]]
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " || character == "|" || character == "(" || character == ")" {
        if let word { segments[segments.count - 1].append(word) }
        word = nil
        if character != " " { segments.append([]) }
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { segments[segments.count - 1].append(word) }
    let another = ["sudo", "-u", "zhengdian"]
    return segments.map { $0.starts(with: another) ? Array($0.dropFirst(another.count)) : $0 }
  }
}
