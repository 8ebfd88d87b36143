import Access
import CivilTime
import Crypto
import Documents
import Exchanges
import Gateway
import Journal
import Pushing
import Registry
import SQLDatabase

/// `exchange erase`: destroys what was said in one exchange, for somebody who has a right to it.
enum ExchangeErase {
  private static let id = Positional("ID", "The number of the exchange.")
  static let reason = CommandOption<String>.text(
    "reason", "TEXT", "Why; kept sealed in the access audit.", isRequired: true)
  private static let parts = CommandOption<String>.text(
    "parts", "NAMES", "request, response and problem, separated by commas; all of them if not given.")
  private static let held = CommandOption<Bool>.flag(
    "held", "Also what certificates rest on, or what has rows in quarantine.")

  static let purpose = "erasure"

  static let command = Command(
    "erase", "Destroys what was said in an exchange; that it was said, and its digests, stay.",
    details: """
      The keys are destroyed and the ciphertexts removed, so that nobody can read it again, and the chain
      still verifies. Who did it and why is recorded in the access audit in the same transaction.
      A certificate that rests on the exchange cannot be proven from it afterwards. Where a push was sent
      by it, with the request goes what was handed in, and with the response the receipt. What is not
      known to have ended is never erased. Backups hold it until they end.
      """,
    options: [reason, Look.operator, parts, held], positionals: [id]
  ) { invocation in
    guard let number = Int64(invocation[id][0]), number > 0 else {
      throw UsageError("ID is the number of an exchange, as 'zhengdian exchange list' shows it")
    }
    let exchange = ExchangeID(number)
    let chosen = try chosenParts(invocation[parts])
    let why = try Self.why(invocation)
    let look = try Look(erasing: invocation)
    let alsoHeld = invocation[held]
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let (count, erasure) = try await site.database.write { transaction in
        try check(exchange, alsoHeld: alsoHeld, site, transaction)
        let count = try site.journal.erase(exchange, parts: chosen, in: transaction)
        let erasure = try PushErasure(
          of: site.pushes.sent(by: exchange, in: transaction), sentBy: exchange,
          content: chosen.contains(.request),
          receipt: chosen.contains(.response), alsoHeld: alsoHeld, site, transaction)
        try site.audit.record(
          look.entry(
            .erase, reason: why,
            revealed: chosen.map { "exchanges[\(exchange)].\($0)" } + erasure.erased.map { "pushes[\($0)]" }),
          in: transaction)
        return (count, erasure)
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("exchange", exchange.rawValue)
          $0.member("erasedParts", count)
          PushErasure.write("erasedPushes", erasure.erased.map(\.rawValue), to: &$0)
          PushErasure.write("sameMessage", erasure.left.map(\.rawValue), to: &$0)
        }
      } else {
        invocation.output.line(
          "\(count) parts of exchange \(exchange) erased"
            + (erasure.erased.isEmpty
              ? "" : ", and what was handed in as push \(PushErasure.list(erasure.erased))"))
        if !erasure.left.isEmpty {
          invocation.errors.line(
            "the same message is in exchange \(PushErasure.list(erasure.left)); "
              + "'push erase \(PushErasure.list(erasure.erased))' erases all of a push's")
        }
      }
      return try await Erasure.emptyLog(of: site.database, invocation)
    }
  }

  static func why(_ invocation: Invocation) throws(UsageError) -> String {
    guard let why = invocation[reason], 1...1000 ~= why.utf8.count, TerminalText.safe(why) == why else {
      throw UsageError("--reason takes a text of 1 to 1000 bytes without control characters")
    }
    return why
  }

  private static func chosenParts(_ text: String?) throws(UsageError) -> [ExchangePart] {
    guard let text else { return ExchangePart.allCases }
    var chosen: [ExchangePart] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let part = ExchangePart.allCases.first(where: { "\($0)" == word }), !chosen.contains(part) else {
        throw UsageError(
          "--parts takes request, response and problem, each at most once and separated by commas")
      }
      chosen.append(part)
    }
    return chosen
  }

  private static func check(
    _ exchange: ExchangeID, alsoHeld: Bool, _ site: SiteStore, _ transaction: Transaction
  ) throws {
    guard let stored = try site.journal.fetch(exchange, parts: [], in: transaction) else {
      throw CommandFailure(.failure, "there is no exchange \(exchange)")
    }
    guard stored.summary.outcome != .unknown else {
      throw CommandFailure(
        .failure, "nobody knows yet how exchange \(exchange) ended, and what was said is needed to find out",
        remedy: "see how it ended first")
    }
    guard !alsoHeld else { return }
    let evidence = try site.registry.evidence(among: [exchange], in: transaction)[exchange]
    let isQuarantined = try !site.registry.quarantined(among: [exchange], in: transaction).isEmpty
    guard evidence != .present, !isQuarantined else {
      throw CommandFailure(
        .failure,
        isQuarantined
          ? "exchange \(exchange) has rows in quarantine, which could not be read again"
          : "certificates rest on exchange \(exchange), and could not be proven from it any more",
        remedy: "erase it all the same with --held")
    }
  }
}
