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
