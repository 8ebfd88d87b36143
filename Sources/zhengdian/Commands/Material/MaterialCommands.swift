import Certificates
import Exchanges
import Applications
import Gateway
import Access
import CivilTime
import Documents
import GatewayAPI
import Materials
import Registry
import SQLDatabase
import Supply

/// `material …`: papers that customers handed in.
enum MaterialCommands {
  static let id = Positional("MATERIAL", "The number of a material, as 'material add' gives it.")
  static let largestForm = 64 << 20

  static let group = Command(
    group: "material", "Papers that customers handed in: kept once, used for other business too.",
    [
      MaterialAdd.command, MaterialFind.command, MaterialShow.command, MaterialVerify.command,
      MaterialWithdraw.command, MaterialErase.command,
    ])

  static func id(_ invocation: Invocation) throws(UsageError) -> MaterialID {
    guard let number = invocation[id].first.flatMap({ Int64($0) }), number > 0 else {
      throw UsageError("MATERIAL is a number, as 'zhengdian material add' gives it")
    }
    return MaterialID(rawValue: number)
  }

  /// Runs what throws the errors of materials, in the words of a command.
  static func failing<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await SupplyCommands.failing(body)
    } catch let error as MaterialError {
      throw CommandFailure(.failure, error.message, remedy: error.remedy)
    }
  }

  /// Records what is done to a material in the transaction that does it.
  static func keep(
    _ action: AccessAction, by name: String, reason: String? = nil, in audit: AccessAudit
  ) -> @Sendable (Transaction, MaterialID) throws -> Void {
    { transaction, id in
      try audit.record(
        Look.decision(action, by: name, on: "material-\(id)", reason: reason), in: transaction)
    }
  }

  static func write(_ material: Material, _ invocation: Invocation, isNew: Bool? = nil) {
    if invocation.wantsJSON {
      return invocation.output.json { writer in
        PaperWriter.write(material, to: &writer)
        if let isNew { writer.member("new", isNew) }
      }
    }
    let output = invocation.output
    let known = isNew == false ? ", which was kept already" : ""
    output.line(TerminalText.safe("material \(material.id): \(material.code)\(known)"))
    let application = material.application.map { ", application \($0)" } ?? ""
    output.line(
      TerminalText.safe(
        "handed in \(material.received.iso8601) for \(material.business)\(application), through \(material.channel)"
      ))
    if let issued = material.issued { output.line("issued \(issued)") }
    output.line(material.validTo.map { "holds until \($0)" } ?? "holds without end")
    if let check = material.check {
      let because = check.reasons.sorted().map(\.rawValue).joined(separator: ", ")
      output.line(
        "compared \(check.at.iso8601): \(check.state.rawValue)" + (because.isEmpty ? "" : " (\(because))"))
    }
    if let withdrawn = material.withdrawn { output.line("taken back \(withdrawn.iso8601)") }
    if let erased = material.erased { output.line("erased \(erased.iso8601)") }
  }
}
