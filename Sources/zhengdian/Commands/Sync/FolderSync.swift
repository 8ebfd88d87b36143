import CivilTime
import Documents
import Exchanges
import Registry
import Sync

/// Takes saved answers from a folder through the same path as live ones.
enum FolderSync {
  /// A file beyond this is no answer a platform sent.
  private static let largestFile = 256 << 20

  static func run(_ folder: String, _ runner: PullRunner, _ invocation: Invocation) async throws -> ExitCode {
    let names = try InputFolder.files(in: folder, ending: "")
    guard !names.isEmpty else {
      throw CommandFailure(
        .failure, "\(folder) holds no files", remedy: "save one answer of the platform in each file")
    }
    let requestID = "import-\(runner.key)-\(Timestamp.now().milliseconds)"
    var failed = false
    for name in names {
      let bytes = try await OwnThread.run { try InputFile.read("\(folder)/\(name)", most: largestFile) }
      let message = try await runner.take(SavedMessage(name: name, bytes: bytes), requestID: requestID)
      failed = failed || message.problem != nil
      if invocation.wantsJSON {
        write(message, to: invocation.output)
      } else {
        show(message, on: invocation.output)
      }
    }
    return failed ? .failure : .done
  }

  private static func show(_ message: ImportedMessage, on output: Output) {
    if let problem = message.problem {
      output.line("\(output.paint("✗", .red)) \(message.name): \(problem.code): \(problem.message)")
      output.line("    exchange \(message.exchange); \(problem.remedy)")
      return
    }
    let counts = message.counts
    output.line(
      "\(output.paint("✓", .green)) \(message.name): \(message.rows) rows, \(counts.new) new, \(counts.changed) changed, "
        + "\(counts.unchanged) unchanged, \(counts.quarantined) quarantined (exchange \(message.exchange))")
  }

  private static func write(_ message: ImportedMessage, to output: Output) {
    output.json { writer in
      writer.member("file", message.name)
      writer.member("exchange", message.exchange.rawValue)
      writer.member("rows", message.rows)
      writer.member("new", message.counts.new)
      writer.member("changed", message.counts.changed)
      writer.member("unchanged", message.counts.unchanged)
      writer.member("quarantined", message.counts.quarantined)
      if let problem = message.problem {
        writer.member("code", problem.code)
        writer.member("message", problem.message)
      }
    }
  }
}
