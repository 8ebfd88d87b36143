import Documents
import GatewayAPI
import Replay
import Sync

/// The records that a re-map would change: the first of them for the screen, all of them for a file.
final class PlannedDifferences {
  private let key: OperationKey
  private let most: Int
  private let file: OutputFile.Draft?
  private var lines = JSONWriter()
  private var first: [RecordDifference] = []

  private static let piece = 256 << 10

  init(of query: ReplayQuery, _ invocation: Invocation) throws {
    key = OperationKey(platform: query.platform, operation: query.operation)
    most = invocation[ReplayPlan.show] ?? 20
    file = try invocation[ReplayPlan.diff].map { try OutputFile.Draft($0) }
  }

  /// - Returns: whether more are wanted.
  func add(_ difference: RecordDifference) throws -> Bool {
    if first.count < most { first.append(difference) }
    guard let file else { return first.count < most }
    lines.object { RecordDifferenceWriter.writeMembers(difference, of: key, to: &$0) }
    if lines.bytes.count >= Self.piece { try file.add(takeLines()) }
    return true
  }

  func finish() throws {
    guard let file else { return }
    if !lines.bytes.isEmpty { try file.add(takeLines()) }
    try file.finish()
  }

  func write(to writer: inout JSONWriter) {
    writer.member("differences") { writer in
      writer.array { writer in
        for difference in first {
          writer.object { RecordDifferenceWriter.writeMembers(difference, of: key, to: &$0) }
        }
      }
    }
  }

  func write(_ preview: ReplayPreview, to output: Output) {
    let total = preview.records.new + preview.records.changed
    guard total > 0 else { return }
    output.line()
    for difference in first { RecordDifferenceView.write(difference, of: key, to: output) }
    RecordDifferenceView.writeSummary(preview.fields, total: total, shown: first.count, to: output)
  }

  /// A writer puts line feeds between values, none behind the last; a new one starts without.
  private func takeLines() -> [UInt8] {
    let bytes = lines.takeBytes() + [0x0A]
    lines = JSONWriter()
    return bytes
  }
}
