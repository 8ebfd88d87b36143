import Authorisations
import CivilTime
import Documents
import Supply

/// `supply …`: what applications for electricity still need.
enum SupplyCommands {
  enum Language: String, CaseIterable, Sendable { case zh, en }

  static let language = CommandOption<Language>.choice("language", "Of the account; zh if not given.")

  static let group = Command(
    group: "supply",
    "Applications for electricity: what is known already, and what the customer still has to bring.",
    [
      SupplyEvaluate.command, SupplyShow.command, SupplyVerify.command, SupplyConnected.command,
      SupplyArchive.command, SupplyErase.command,
    ])

  /// Runs what throws the errors of applications, in the words of a command.
  static func failing<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as SupplyError {
      throw CommandFailure(.failure, error.message, remedy: error.remedy)
    } catch let error as AuthorisationError {
      throw CommandFailure(.failure, error.message, remedy: error.remedy)
    } catch let error as SupplyFormError {
      throw CommandFailure(
        .failure,
        error.faults.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" }
          .joined(separator: "\n"), remedy: "docs/reference/supply.md has the form")
    }
  }

  /// Writes a verdict for people.
  static func write(_ kept: KeptVerdict, _ language: Language, to output: Output) throws {
    let verdict = try kept.document.root["verdict"]
    output.line(
      output.paint("application \(kept.application) (\(kept.number)), verdict \(kept.version)", .bold)
        + " of \(kept.created.iso8601)")
    let member = language == .en ? "titleEn" : "title"
    for line in verdict?["explanation"]?.elements.compactMap({ $0[member]?.string }) ?? [] {
      output.line(TerminalText.safe(line))
    }
  }
}
