import Adapters
import CivilTime
import Documents
import Exchanges
import Registry
import Sync
import Work

/// Takes saved answers from a folder through the same path as live ones.
enum FolderSync {
  /// Nobody pulls the operation meanwhile.
  static func run(
    _ folder: String, _ runner: PullRunner, _ desk: PullDesk, _ invocation: Invocation
  ) async throws -> ExitCode {
    let names = try InputFolder.files(in: folder, ending: "")
    guard !names.isEmpty else {
      throw CommandFailure(
        .failure, "\(folder) holds no files", remedy: "save one answer of the platform in each file")
    }
    let turn: PullDesk.Turn
    do {
      turn = try await desk.take(runner.key, now: .now())
    } catch let error as WorkError {
      throw CommandFailure(.failure, error.message, remedy: error.remedy)
    }
    let result: Result<ExitCode, any Error>
    do {
      result = .success(
        try await desk.queue.holding(turn.lease) {
          try await take(names, in: folder, runner, invocation) { try desk.queue.check(turn.lease, in: $0) }
        })
    } catch {
      result = .failure(error)
    }
    try await desk.giveBack(turn, now: .now())
    return try result.get()
  }

  private static func take(
    _ names: [String], in folder: String, _ runner: PullRunner, _ invocation: Invocation,
    guarding: @escaping PullRunner.Guard
  ) async throws -> ExitCode {
    let requestID = "import-\(runner.key)-\(Timestamp.now().milliseconds)"
    var hasFindings = false
    var watch = FolderWatch()
    for name in names {
      let bytes: [UInt8]
      do {
        bytes = try await OwnThread.run {
          try InputFile.readRegular("\(folder)/\(name)", most: runner.operation.maxResponse)
        }
      } catch let error as InputError {
        // A link, a pipe, a folder, a file too large: the others are taken all the same.
        hasFindings = true
        report(name, error, invocation)
        continue
      }
      let message = try await runner.take(
        SavedMessage(name: name, bytes: bytes), requestID: requestID, &watch, guarding: guarding)
      hasFindings = hasFindings || message.problem != nil || message.counts.quarantined > 0
      if invocation.wantsJSON {
        write(message, to: invocation.output)
      } else {
        show(message, on: invocation.output)
      }
    }
    return hasFindings ? .failure : .done
  }

  private static func report(_ name: String, _ error: InputError, _ invocation: Invocation) {
    guard invocation.wantsJSON else {
      invocation.output.line("\(invocation.output.paint("✗", .red)) \(name): not read: \(error)")
      return
    }
    invocation.output.json { writer in
      writer.member("file", name)
      writer.member("code", "unreadable")
      writer.member("message", "\(error)")
    }
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
