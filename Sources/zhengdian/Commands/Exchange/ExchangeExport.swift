import Access
import Exchanges
import Gateway
import Journal

/// `exchange export`: exchanges as a package that proves itself, for an auditor or a court.
enum ExchangeExport {
  private static let id = Positional("ID", "The number of an exchange.", isRepeated: true)
  private static let open = CommandOption<Bool>.flag(
    "open", "Give in clear what was said, too; needs --purpose and --operator.")

  static let command = Command(
    "export", "Writes exchanges with their part of the chain; 'journal verify FILE' checks them anywhere.",
    details: """
      One JSON object a line, on standard output: the entries of the chain from the first exchange to
      the first checkpoint behind the last one. Other exchanges in between are digests only. Without
      --open the contents are ciphertext. With it they are there in clear as well: that is other
      people's data, and it is recorded in the access audit before anything is written.
      """,
    options: [open, Look.purpose, Look.operator], positionals: [id]
  ) { invocation in
    let ids = try invocation[id].map { word throws(UsageError) in
      guard let number = Int64(word), number > 0 else {
        throw UsageError("ID is the number of an exchange, as 'zhengdian exchange list' shows it")
      }
      return ExchangeID(number)
    }
    let configuration = try SiteFile.read(invocation)
    let opening = invocation[open]
    let look = opening ? try Look(invocation, configuration, mustReveal: true) : nil
    return try await SiteStore.use(configuration, invocation.environment) { site in
      if let look {
        try await look.record(
          .evidence, revealed: ids.flatMap { ["exchanges[\($0)].request", "exchanges[\($0)].response"] },
          in: site.audit)
      }
      let output = invocation.output
      _ = try await site.journal.export(ids, opening: opening) { line in
        output.line(String(decoding: line, as: UTF8.self))
      }
      return .done
    }
  }
}
