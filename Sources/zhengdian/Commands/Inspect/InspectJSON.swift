import Documents
import Glibc

/// `inspect json`: whether files are JSON by RFC 8259, and where they are not.
enum InspectJSON {
  static let files = Positional("FILE", "A file to read; - is standard input.", isRepeated: true)

  static let command = Command(
    "json", "Whether files are JSON (RFC 8259), and where they are not.",
    details: """
      Each answer is {"file", "accepted"} and, of a refused file, "line", "column" (from 1, in characters),
      "offset" (from 0, in bytes) and "reason"; of an accepted one "warnings" for repeated names and half
      surrogate pairs, if there are any. Exit code 1 when a file was refused or could not be read.
      """,
    positionals: [files]
  ) { invocation in
    try await OwnThread.run {
      var lines = JSONLines(invocation.output)
      var areAllAccepted = true
      for file in invocation[files] {
        guard lines.isOpen else { break }
        lines.object { writer in
          if !answer(file, invocation.input, &writer) { areAllAccepted = false }
        }
        lines.flush()
      }
      return areAllAccepted ? .done : .failure
    }
  }

  /// Writes what is to be said of a file, and returns whether it was accepted.
  private static func answer(_ file: String, _ input: InputSource, _ writer: inout JSONWriter) -> Bool {
    writer.member("file", file)
    do {
      let document = try JSONDocument(
        parsing: try input.read(file, most: JSONLimits.largestText),
        limits: JSONLimits(maxBytes: JSONLimits.largestText))
      writer.member("accepted", true)
      writeWarnings(of: document, &writer)
      return true
    } catch let error as DocumentError {
      writer.member("accepted", false)
      if let position = error.position { write(position, &writer) }
      writer.member("reason", error.message)
    } catch {
      writer.member("accepted", false)
      writer.member("reason", "\(error)")
    }
    return false
  }

  private static func writeWarnings(of document: JSONDocument, _ writer: inout JSONWriter) {
    let repeated = document.duplicateKeys
    let halves = document.unpairedSurrogates
    guard !repeated.isEmpty || !halves.isEmpty else { return }
    writer.member("warnings") { writer in
      writer.array {
        for key in repeated {
          $0.object {
            $0.member("reason", "the name occurs before in the same object; the last value counts")
            $0.member("path", key.path)
            write(key.position, &$0)
          }
        }
        for position in halves {
          $0.object {
            $0.member("reason", "the string holds half of a surrogate pair, which is no character")
            write(position, &$0)
          }
        }
      }
    }
  }

  private static func write(_ position: DocumentPosition, _ writer: inout JSONWriter) {
    writer.member("line", position.line)
    writer.member("column", position.column)
    writer.member("offset", position.offset)
  }
}
