import Certificates
import CivilTime
import Documents

/// `inspect identifier`: what is known of identifiers as somebody wrote them.
enum InspectIdentifier {
  static let kind = CommandOption<IdentifierKind>.choice("kind", "What the lines are.", isRequired: true)
  static let today = CommandOption<CivilDate>.date(
    "today", "Dates after this day are impossible; today's date in China if not given.")

  static let command = Command(
    "identifier", "Identifiers: valid or not, their normal form and parts.",
    details: """
      Each line is the raw text of an identifier; each answer is
      {"input", "valid", "normal", "reasons": […], "warnings": […], "parts": {…}}.
      A reason says why it cannot be right, a warning what deserves a look; both start with a code.
      """,
    options: [kind, today]
  ) { invocation in
    let kind = invocation.arguments.required(kind)
    let today = invocation[today] ?? Timestamp.now().civil(offsetSeconds: UTCOffset.china).date
    return try await LineBench.run(invocation) { IdentifierAnswerer(kind: kind, today: today) }
  }
}

struct IdentifierAnswerer: LineAnswerer {
  let kind: IdentifierKind
  let today: CivilDate

  func answer(_ line: Span<UInt8>, _ writer: inout JSONWriter) {
    let input: String
    do {
      input = String(copying: try UTF8Span(validating: line))
    } catch {
      return refuse(line, error, &writer)
    }
    let report = Identifier.inspect(kind, input, today: today)
    writer.member("input") { $0.string(utf8: line) }
    writer.member("valid", report.isValid)
    writer.member("normal", report.normal)
    writer.member("reasons") { Self.write(report.reasons, &$0) }
    writer.member("warnings") { Self.write(report.warnings, &$0) }
    writer.member("parts") { $0.object { for part in report.parts { $0.member(part.name, part.value) } } }
  }

  /// The answer to a line that is no text: shaped like the others.
  private func refuse(
    _ line: Span<UInt8>, _ error: UTF8.ValidationError, _ writer: inout JSONWriter
  ) {
    writer.member("input", unsafe line.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) })
    writer.member("valid", false)
    writer.member("normal", String?.none)
    writer.member("reasons", ["damaged-character: byte \(error.byteOffsets.lowerBound + 1) is not UTF-8"])
    writer.member("warnings", [])
    writer.member("parts") { $0.object { _ in } }
  }

  private static func write(_ findings: [IdentifierFinding], _ writer: inout JSONWriter) {
    writer.array { for finding in findings { $0.string(finding.description) } }
  }
}
