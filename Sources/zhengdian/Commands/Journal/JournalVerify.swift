import Crypto
import Documents
import Gateway
import Journal
import Pushing
import Registry
import Replay
import SQLDatabase

/// `journal verify`: follows the chain of the database, or of an export, and names the first thing that is wrong.
enum JournalVerify {
  private static let export = Positional(
    "EXPORT", "A file that 'exchange export' wrote, in place of the database.", isRequired: false)
  private static let key = CommandOption<String>.text(
    "key", "HEX", "The public key (x‖y) that must have signed.")
  private static let expect = CommandOption<String>.text(
    "expect", "NUMBER:LINK", "An entry that must be there, as 'journal checkpoint' noted it.")
  private static let keys = CommandOption<Bool>.flag(
    "keys",
    "Also try whether each content's key opens under the master keys of the configuration, and whether the decisions about pushes are those in the chain."
  )
  private static let quick = CommandOption<Bool>.flag(
    "quick", "Do not compare ciphertexts with their digests; links, rows and signatures only.")

  static let command = Command(
    "verify", "Checks that nothing in the journal was changed, removed, put in or reordered.",
    details: """
      Needs no master key (but for --keys), and no gateway. The first entry that is wrong is named, and
      what is wrong with it. What was erased or pruned by the gateway is part of the chain and no finding.
      Somebody who can write the whole database is found by what you keep elsewhere: with --key a
      journal without a checkpoint of that key is wrong, with --expect one without that entry.
      Exit code 1 when something was found.
      """,
    options: [key, expect, keys, quick], positionals: [export], isInBackground: true, run: run)

  private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let key: SM2.PublicKey? =
      if let hex = invocation[key] { try publicKey(hex) } else { nil }
    let note: JournalPosition? =
      if let text = invocation[expect] { try position(text) } else { nil }
    let result: JournalVerification
    if let file = invocation[export].first {
      guard !invocation[quick], !invocation[keys], note == nil else {
        throw UsageError("--quick, --keys and --expect are for the database")
      }
      result = try await OwnThread.run { try verify(file, key) }
    } else {
      let configuration = try SiteFile.read(invocation)
      let masterKeys =
        invocation[keys] ? try SiteFile.masterKeys(configuration, invocation.environment) : nil
      let contents = !invocation[quick]
      result = try await SiteDatabase.use(configuration.database) { database in
        try await SiteDatabase.requireCurrent(database)
        var result = try await Journal.verify(
          database, key: key, note: note, contents: contents, masterKeys: masterKeys)
        if result.finding == nil, let masterKeys {
          let keys = try await RegistryKeys.open(database, ring: masterKeys)
          var subject = try await Pushes.alteredDecision(in: database, keys: keys)
          if subject == nil { subject = try await Replays.alteredDecision(in: database, keys: keys) }
          if let subject { result.finding = .alteredDecision(subject) }
        }
        return result
      }
    }
    if invocation.wantsJSON {
      invocation.output.json { write(result, to: &$0) }
    } else {
      show(result, isExport: !invocation[export].isEmpty, on: invocation.output)
    }
    return result.finding == nil ? .done : .failure
  }

  private static func publicKey(_ hex: String) throws -> SM2.PublicKey {
    do throws(CryptoError) {
      return try SM2.PublicKey(hex: hex)
    } catch {
      throw UsageError("--key takes an SM2 public key, x‖y in 128 hexadecimal digits: \(error.message)")
    }
  }

  private static func position(_ text: String) throws -> JournalPosition {
    guard let position = JournalPosition(text) else {
      throw UsageError("--expect takes NUMBER:LINK, as 'journal checkpoint' shows it, the link in 64 digits")
    }
    return position
  }

  private static func verify(_ file: String, _ key: SM2.PublicKey?) throws -> JournalVerification {
    var verifier = JournalPackageVerifier(key: key)
    try InputFile.forEachLine(of: file, longest: 4 << 30) { verifier.take($0) }
    return try verifier.finish()
  }

  private static func show(_ result: JournalVerification, isExport: Bool, on output: Output) {
    if let finding = result.finding {
      output.line("\(output.paint("✗", .red)) \(TerminalText.safe(finding.description))")
      output.line("    \(result.entries) entries before it hold")
      return
    }
    output.line(
      "\(output.paint("✓", .green)) \(result.entries) entries hold: \(result.exchanges) exchanges, \(result.contents) contents, "
        + "\(result.checkpoints) checkpoints")
    if let range = result.range {
      let place = [range.platform, range.operation].compactMap(\.self).joined(separator: "/")
      output.line(
        TerminalText.safe(
          "    all of the entries \(range.entries.lowerBound) to \(range.entries.upperBound)"
            + (place.isEmpty ? "" : " that the export says are of \(place)")))
    }
    if let named = result.named {
      output.line(
        "    all that was recorded of \(named.count == 1 ? "exchange" : "exchanges") \(numbers(named))")
    } else if isExport, result.range == nil {
      output.line("    an older program wrote the export, which does not say of which exchanges it is")
    }
    if result.erased > 0 { output.line("    content of \(result.erased) exchanges was erased or pruned") }
    if result.unsigned > 0 {
      output.line("    \(result.unsigned) entries since the last checkpoint are not signed yet")
    }
    if result.beforeChain > 0 {
      output.line("    exchanges up to \(result.beforeChain) were recorded before there was a chain")
    }
    if let tried = result.keysTried {
      output.line("    \(tried) keys open under the master keys")
    } else if !isExport {
      output.line("    keys not tried: --keys tells whether contents can still be opened")
    }
    for key in result.publicKeys.sorted() { output.line("    signed with \(key)") }
  }

  /// The first of them, where they are many.
  private static func numbers(_ exchanges: Set<Int64>) -> String {
    let shown = exchanges.sorted().prefix(20).map(String.init).joined(separator: ", ")
    return exchanges.count > 20 ? "\(shown) and \(exchanges.count - 20) more" : shown
  }

  private static func write(_ result: JournalVerification, to writer: inout JSONWriter) {
    writer.member("holds", result.finding == nil)
    if let finding = result.finding {
      writer.member("finding") { writer in
        writer.object {
          $0.member("kind", finding.kind.rawValue)
          if let entry = finding.entry { $0.member("entry", entry) }
          if let exchange = finding.exchange { $0.member("exchange", exchange) }
          $0.member("message", finding.message)
        }
      }
    }
    writer.member("entries", result.entries)
    writer.member("exchanges", result.exchanges)
    writer.member("contents", result.contents)
    writer.member("erased", result.erased)
    writer.member("checkpoints", result.checkpoints)
    writer.member("unsigned", result.unsigned)
    if let tried = result.keysTried { writer.member("keysTried", tried) }
    writer.member("beforeChain", result.beforeChain)
    if let range = result.range {
      writer.member("range") { writer in
        writer.object {
          $0.member("first", range.entries.lowerBound)
          $0.member("last", range.entries.upperBound)
          $0.member("platform", range.platform)
          $0.member("operation", range.operation)
        }
      }
    }
    if let named = result.named {
      writer.member("named") { $0.array { for exchange in named.sorted() { $0.integer(exchange) } } }
    }
    writer.member("publicKeys", result.publicKeys.sorted())
  }
}
