import Telemetry
import CivilTime
import Journal

/// Signs the journal every so often, so that little of it ever rests on the database alone.
public struct JournalNotary: Sendable {
  /// When a checkpoint is due.
  struct Policy: Hashable, Sendable {
    /// So many entries at the latest.
    var entries: Int64 = 1000
    /// So many seconds after the first unsigned entry at the latest.
    var seconds: Int64 = 60

    func isDue(_ unsigned: (entries: Int64, since: Timestamp?), now: Timestamp) -> Bool {
      guard unsigned.entries > 0, let since = unsigned.since else { return false }
      // A clock that was set back puts nothing off.
      return unsigned.entries >= entries || !(0..<seconds * 1000).contains(now.milliseconds(since: since))
    }
  }

  private static let pause = Duration.seconds(5)

  private let gateway: Gateway
  private let policy = Policy()

  public init(_ gateway: Gateway) {
    self.gateway = gateway
  }

  /// Signs when it is due, until its task is cancelled; at once what a life before this one left. What keeps it from signing is logged, and tried again.
  public func run() async throws {
    while true {
      do {
        if policy.isDue(try await gateway.journal.unsigned(), now: .now()) {
          try await note(gateway.journal.checkpoint())
        }
      } catch let error as CancellationError {
        throw error
      } catch {
        report(error)
      }
      try await Task.sleep(for: Self.pause)
    }
  }

  /// Signs what is not signed yet; at the end of a program.
  func sign() async {
    do {
      try await note(gateway.journal.checkpoint())
    } catch {
      report(error)
    }
  }

  /// Whoever keeps the log elsewhere can find with it that the journal's end was cut off.
  private func note(_ checkpoint: JournalCheckpoint?) {
    guard let checkpoint else { return }
    gateway.log(.info, "journal signed", ["note": .text("\(checkpoint.position)")])
  }

  private func report(_ error: any Error) {
    gateway.log(
      .error, "journal not signed",
      [
        "problem": .text("\(error)"),
        "remedy": "see that the database can be written and the master keys are there",
      ])
  }
}
