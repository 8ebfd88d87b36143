import Certificates
import Documents
import Exchanges
import GatewayAPI
import Mapping
import Sync

/// How the differences of two mappings are told.
enum MappingDiffReport {
  static func write(
    _ difference: RecordDifference, of key: OperationKey, _ invocation: Invocation
  ) {
    guard invocation.wantsJSON else {
      return RecordDifferenceView.write(difference, of: key, to: invocation.output)
    }
    invocation.output.json { RecordDifferenceWriter.writeMembers(difference, of: key, to: &$0) }
  }

  /// What became of the comparison as a trial.
  struct Kept {
    let id: Int64
    let shortfalls: [TrialPolicy.Shortfall]
    let isAccepted: Bool

    var text: String {
      let reasons = shortfalls.map(\.description).joined(separator: ", ")
      if shortfalls.isEmpty { return "trial \(id) has passed: this content may go live" }
      return isAccepted
        ? "trial \(id) is accepted: this content may go live although \(reasons)"
        : "trial \(id) has not passed: \(reasons)"
    }
  }

  /// - Parameter trial: nil where none was kept.
  static func write(
    _ total: MappingComparison.Statistics, shown: Int, trial: Kept?, _ invocation: Invocation
  ) {
    let output = invocation.output
    guard invocation.wantsJSON else {
      RecordDifferenceView.writeSummary(total.fields, total: total.differing, shown: shown, to: output)
      output.line(
        "\(total.exchanges) exchanges: \(total.oldRecords) records before, \(total.newRecords) after; "
          + RecordDifference.Kind.allCases.map { "\(total.differences[$0] ?? 0) \($0.rawValue)" }
          .joined(separator: ", ")
          + "; \(total.oldQuarantined) rows quarantined before, \(total.newQuarantined) after")
      if total.unread > 0 {
        output.line(
          "\(total.unread) exchanges could not be compared: erased, or not as the adapter says today")
      }
      if let trial { output.line(trial.text) }
      return
    }
    output.json { writer in
      writer.member("exchanges", total.exchanges)
      writer.member("unread", total.unread)
      writer.member("recordsBefore", total.oldRecords)
      writer.member("recordsAfter", total.newRecords)
      writer.member("quarantinedBefore", total.oldQuarantined)
      writer.member("quarantinedAfter", total.newQuarantined)
      for kind in RecordDifference.Kind.allCases {
        writer.member(kind.rawValue, total.differences[kind] ?? 0)
      }
      writer.member("fields") { writer in
        writer.object { writer in
          for (field, count) in RecordDifferenceWriter.sorted(total.fields) { writer.member(field, count) }
        }
      }
      if let trial {
        writer.member("trial", trial.id)
        writer.member("passed", trial.shortfalls.isEmpty)
        writer.member("accepted", trial.isAccepted)
      }
    }
  }
}
