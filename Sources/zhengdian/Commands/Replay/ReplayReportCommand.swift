import Crypto
import Documents
import Gateway
import Journal
import Replay

/// `replay report`: what a replay did, signed, for whoever has to answer for it.
enum ReplayReportCommand {
  static let verify = CommandOption<String>.path(
    "verify", "FILE", "Checks a report instead: that it is whole, and who signed it.")
  static let key = CommandOption<String>.text(
    "key", "HEX", "With --verify: the public key that must have signed, as 'journal checkpoint' shows it.")
  private static let id = Positional("ID", "The number of a replay.", isRequired: false)
  private static let largestReport = 256 << 20

  static let command = Command(
    "report", "What a replay did, item by item, signed with the journal's key (SM2).",
    details: """
      One JSON object: {"report", "publicKey", "signature"}. The signature is over the bytes of the report as they
      stand there. --verify checks such a file anywhere, without a database.
      """,
    options: [verify, key], positionals: [id]
  ) { invocation in
    if let file = invocation[verify] { return try check(file, invocation) }
    if invocation[key] != nil { throw UsageError("--key goes with --verify") }
    let id = try ReplayCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let report = try await ReplayReport(id, site.replays)
      let bytes = report.encoded()
      let (publicKey, signature) = try await site.journal.sign(bytes)
      var line = Array(#"{"report":"#.utf8) + bytes
      line += #","publicKey":"\#(Hex.encode(publicKey))","signature":"\#(Hex.encode(signature))"}"#.utf8
      invocation.output.line(String(decoding: line, as: UTF8.self))
      return .done
    }
  }

  private static func check(_ file: String, _ invocation: Invocation) throws -> ExitCode {
    let json = try JSONDocument(parsing: try invocation.input.read(file, most: largestReport))
    guard let report = json.root["report"], let signer = json.root["publicKey"]?.string,
      let signature = json.root["signature"]?.string
    else { throw CommandFailure(.failure, "\(file) is no report of a replay") }
    let (publicKey, signed) = (try Hex.decode(signer), try Hex.decode(signature))
    let isExpected = invocation[key].map { $0.lowercased() == signer } ?? true
    let isSigned = try SM2.PublicKey(bytes: publicKey).isValid(
      encodedSignature: signed, for: report.writtenBytes)
    if invocation.wantsJSON {
      invocation.output.json {
        $0.member("valid", isSigned && isExpected)
        $0.member("publicKey", signer)
      }
    } else if !isSigned {
      invocation.output.line("the report is not what was signed: it, the key or the signature was altered")
    } else {
      invocation.output.line(
        isExpected
          ? "the report is whole; signed with \(signer)" : "the report is signed with another key: \(signer)")
    }
    return isSigned && isExpected ? .done : .failure
  }
}
