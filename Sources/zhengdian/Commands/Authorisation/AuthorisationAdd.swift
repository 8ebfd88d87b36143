import Certificates
import Exchanges
import Access
import Authorisations
import CivilTime
import Documents
import Gateway
import GatewayAPI
import SQLDatabase
import Supply

/// `authorisation add`: keeps what somebody agreed to.
enum AuthorisationAdd {
  private static let form = Positional("FORM", "The authorisation as JSON; - is standard input.")
  private static let largest = 1 << 16

  static let command = Command(
    "add", "Keeps what somebody agreed to.",
    details: """
      The form says by which means, who agreed, when, until when, for which kinds and purposes, and for which application
      if for one only (docs/reference/supply.md). The same once more is the one that is kept. Applications that wait for
      it are judged anew. Who took it is recorded in the access audit in the same transaction.
      """,
    options: [Look.operator], positionals: [form]
  ) { invocation in
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    let bytes = try invocation.input.read(invocation[form].first ?? "-", most: largest)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let (authorisation, isNew) = try await AuthorisationCommands.failing {
        let now = Timestamp.now()
        let form = try AuthorisationForm(
          try JSONDocument(parsing: bytes).root,
          purposes: configuration.purposes.map(\.name) + [Look.ordinaryPurpose], now: now)
        return try await site.counter.authorise(
          form.authorisation(through: Look.consumer, by: name), at: now,
          also: AuthorisationCommands.keep(.giveAuthorisation, by: name, in: site.audit))
      }
      AuthorisationCommands.write(authorisation, invocation, isNew: isNew)
      return .done
    }
  }
}
