import Access
import Applications
import CivilTime
import Documents
import Exchanges
import Permits
import SQLDatabase

/// `permit …`: the permits of external power lines, item by item, with their clocks.
enum PermitCommands {
  static let group = Command(
    group: "permit", "Permits of external power lines: what is handed in where, and how its time stands.",
    [
      PermitSubmit.command, PermitList.command, PermitShow.command, PermitExplain.command,
      PermitBoardCommand.command, PermitDigestCommand.command,
      PermitEnter.command, PermitStep.command, PermitSupplement.command, PermitWithdraw.command,
      PermitRetry.command,
      PermitErase.command,
    ])

  static let id = Positional("CASE", "The number of a case, as 'permit list' shows it.")
  static let item = Positional(
    "ITEM", "Which permit: \(PermitItem.allCases.map(\.rawValue).joined(separator: ", ")).")
  static let attempt = CommandOption<Int>.integer(
    "attempt", "NUMBER", in: 1...1000, "Which attempt at the item; the latest if not given.")
  static let knownAt = CommandOption<Timestamp>.moment(
    "known-at", "As it was believed to be then; a date begins in China.")

  static func id(_ invocation: Invocation) throws(UsageError) -> PermitCaseID {
    guard let word = invocation[id].first, let number = Int64(word), number > 0 else {
      throw UsageError("CASE is the number of a case, as 'zhengdian permit list' shows it")
    }
    return PermitCaseID(rawValue: number)
  }

  static func item(_ word: String?) throws(UsageError) -> PermitItem {
    guard let item = word.flatMap({ PermitItem(rawValue: $0) }) else {
      throw UsageError(
        "ITEM is one of \(PermitItem.allCases.map(\.rawValue).joined(separator: ", "))",
        suggestion: Suggestion.nearest(to: word ?? "", in: PermitItem.allCases.map(\.rawValue)))
    }
    return item
  }

  static func place(_ invocation: Invocation) throws(UsageError) -> PermitPlace {
    PermitPlace(
      try id(invocation), try item(invocation[item].first), attempt: invocation[attempt])
  }

  /// Runs what throws the errors of permits, in the words of a command.
  static func failing<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as PermitError {
      throw CommandFailure(.failure, error.message, remedy: error.remedy)
    } catch let error as PermitFormError {
      throw CommandFailure(
        .failure,
        error.faults.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" }
          .joined(separator: "\n"), remedy: "docs/reference/permits.md has the form")
    }
  }

  /// Writes the look of a decision down with what is decided: both or neither.
  static func keep(
    _ action: AccessAction, by name: String, reason: String?, in audit: AccessAudit
  ) -> PermitDesk.Keep {
    { transaction, id in
      try audit.record(
        Look.decision(action, by: name, on: "permit-\(id)", reason: reason), in: transaction)
    }
  }
}
