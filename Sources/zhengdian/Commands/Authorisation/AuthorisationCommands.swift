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

/// `authorisation …`: what people agreed to.
enum AuthorisationCommands {
  static let id = Positional("AUTHORISATION", "Its number, as 'authorisation add' gives it.")

  static let group = Command(
    group: "authorisation", "What people agreed to have looked up, and for what.",
    [
      AuthorisationAdd.command, AuthorisationFind.command, AuthorisationShow.command,
      AuthorisationRevoke.command, AuthorisationErase.command,
    ])

  static func id(_ invocation: Invocation) throws(UsageError) -> AuthorisationID {
    guard let number = invocation[id].first.flatMap({ Int64($0) }), number > 0 else {
      throw UsageError("AUTHORISATION is a number, as 'zhengdian authorisation add' gives it")
    }
    return AuthorisationID(rawValue: number)
  }

  /// Runs what throws the errors of authorisations, in the words of a command.
  static func failing<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await SupplyCommands.failing(body)
    } catch let error as AuthorisationError {
      throw CommandFailure(.failure, error.message, remedy: error.remedy)
    }
  }

  /// Records what is done to an authorisation in the transaction that does it.
  static func keep(
    _ action: AccessAction, by name: String, reason: String? = nil, in audit: AccessAudit
  ) -> @Sendable (Transaction, AuthorisationID) throws -> Void {
    { transaction, id in
      try audit.record(
        Look.decision(action, by: name, on: "authorisation-\(id)", reason: reason), in: transaction)
    }
  }

  static func write(_ authorisation: Authorisation, _ invocation: Invocation, isNew: Bool? = nil) {
    let now = Timestamp.now()
    if invocation.wantsJSON {
      return invocation.output.json { writer in
        PaperWriter.write(authorisation, at: now, to: &writer)
        if let isNew { writer.member("new", isNew) }
      }
    }
    let output = invocation.output
    let known = isNew == false ? ", which was kept already" : ""
    output.line(
      TerminalText.safe(
        "authorisation \(authorisation.id): \(authorisation.means.title) \(authorisation.means.rawValue)\(known)"
      ))
    let until = authorisation.until.map { "until \($0.iso8601)" } ?? "without end"
    output.line(
      TerminalText.safe("given \(authorisation.given.iso8601), \(until), through \(authorisation.channel)"))
    let kinds = authorisation.kinds.map { $0.map(\.rawValue).sorted().joined(separator: ", ") } ?? "all kinds"
    let purposes = authorisation.purposes.sorted().joined(separator: ", ")
    let application = authorisation.application.map { ", application \($0)" } ?? ""
    output.line(
      TerminalText.safe("for \(kinds); \(purposes.isEmpty ? "any purpose" : purposes)\(application)"))
    if let revoked = authorisation.revoked { output.line("revoked \(revoked.iso8601)") }
    if let erased = authorisation.erased { output.line("erased \(erased.iso8601)") }
    output.line(authorisation.holds(at: now) ? "holds" : "does not hold")
  }
}

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

/// `authorisation find`: what somebody has agreed to.
enum AuthorisationFind {
  static let command = Command(
    "find", "What somebody has agreed to, the latest first, whether or not it still holds.",
    details: """
      A person without a code is found by the name within one 'application'. The look is recorded in the access audit
      first.
      """,
    options: [Look.purpose, Look.operator], positionals: [MaterialFind.holder]
  ) { invocation in
    let form = try await MaterialFind.read(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let now = Timestamp.now()
      let found = try await AuthorisationCommands.failing {
        try await site.counter.authorisations.authorisations(
          of: form.holder, application: form.application)
      }
      try await look.record(.searchAuthorisations, keys: MaterialFind.keys(form), in: site.audit)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for one in found { lines.object { PaperWriter.write(one, at: now, to: &$0) } }
        lines.flush()
      } else {
        var table = TextTable("AUTHORISATION", "BY", "GIVEN", "UNTIL", "REVOKED", "APPLICATION", "HOLDS")
        for one in found {
          table.row(
            "\(one.id)", one.means.rawValue, one.given.iso8601, one.until?.iso8601 ?? "",
            one.revoked?.iso8601 ?? "", one.application ?? "", one.holds(at: now) ? "yes" : "no")
        }
        if !found.isEmpty { table.write(to: invocation.output) }
      }
      return .done
    }
  }
}

/// `authorisation show`: one of them.
enum AuthorisationShow {
  static let command = Command(
    "show", "One authorisation, without whose it is.",
    details: "The look is recorded in the access audit first.", options: [Look.purpose, Look.operator],
    positionals: [AuthorisationCommands.id]
  ) { invocation in
    let id = try AuthorisationCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let authorisation = try await AuthorisationCommands.failing {
        try await site.counter.authorisations.authorisation(id)
      }
      try await look.record(.readAuthorisation, in: site.audit)
      AuthorisationCommands.write(authorisation, invocation)
      return .done
    }
  }
}

/// `authorisation revoke`: nothing is looked up by it any more.
enum AuthorisationRevoke {
  static let command = Command(
    "revoke", "Has nothing looked up or shown by it from now on.",
    details: """
      Applications that rest on it are judged anew. Who did it and why is kept sealed with it, and recorded in the access
      audit in the same transaction.
      """,
    options: [Decision.reason, Look.operator], positionals: [AuthorisationCommands.id]
  ) { invocation in
    let id = try AuthorisationCommands.id(invocation)
    let signOff = try Decision.signOff(invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let authorisation = try await AuthorisationCommands.failing {
        try await site.counter.revoke(
          id, by: signOff, at: .now(),
          also: AuthorisationCommands.keep(
            .revokeAuthorisation, by: signOff.name, reason: signOff.reason, in: site.audit))
      }
      AuthorisationCommands.write(authorisation, invocation)
      return .done
    }
  }
}

/// `authorisation erase`: destroys who gave it, for somebody who has a right to that.
enum AuthorisationErase {
  static let command = Command(
    "erase", "Destroys who gave an authorisation and who took it; it holds no more.",
    details: """
      What was agreed to when stays, and a keyed digest by which the same is never kept again. Who did it and why is
      recorded in the access audit in the same transaction. Backups hold it until they end.
      """,
    options: [ExchangeErase.reason, Look.operator], positionals: [AuthorisationCommands.id]
  ) { invocation in
    let id = try AuthorisationCommands.id(invocation)
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let isNew = try await AuthorisationCommands.failing {
        try await site.counter.erase(id, at: .now()) { transaction, id in
          try site.audit.record(
            look.entry(.erase, reason: why, revealed: ["authorisation[\(id)]"]), in: transaction)
        }
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("authorisation", id.rawValue)
          $0.member("erased", isNew)
        }
      } else {
        invocation.output.line(
          isNew ? "authorisation \(id) is erased" : "authorisation \(id) was erased before")
      }
      return .done
    }
  }
}
