import Access
import CivilTime
import Crypto
import Documents
import Gateway
import Permits

/// `permit submit`: opens a case for all permits of a line.
enum PermitSubmit {
  static let form = Positional("FORM", "The case as JSON; - is standard input.")

  private static let largestForm = 64 << 20
  private static let largestFile = 32 << 20

  static let command = Command(
    "submit", "Opens a case: the policy decides which permits are needed, 'serve' hands them in.",
    details: """
      The form has the case's number, the region, what is known of the line, the application that all items are made
      from, and the files with the codes by which the policy asks for them (docs/reference/permits.md). A file is
      named by its path. Everything that is missing is said at once, and then nothing is stored. The same form once
      more is the same case. Who submitted it is recorded in the access audit.
      """,
    options: [Look.operator], positionals: [form]
  ) { invocation in
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    let bytes = try invocation.input.read(invocation[form].first ?? "-", most: largestForm)
    return try await Site.with(invocation) { site in
      let opened = try await PermitCommands.failing {
        let request = try await site.permitting.desk.read(
          try JSONDocument(parsing: bytes).root,
          today: Timestamp.now().civil(offsetSeconds: UTCOffset.china).date,
          requestID: "cli-" + Hex.encode(SecureRandom.bytes(8))
        ) { path in try invocation.input.read(path, most: largestFile) }
        return try await site.permitting.desk.open(
          request,
          keep: PermitCommands.keep(.openPermit, by: name, reason: nil, in: site.gateway.audit))
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("id", opened.id.rawValue)
          $0.member("isNew", opened.isNew)
        }
      } else {
        invocation.output.line(
          "permit case \(opened.id)" + (opened.isNew ? "" : ": it was there already, and is the same"))
      }
      return .done
    }
  }
}
