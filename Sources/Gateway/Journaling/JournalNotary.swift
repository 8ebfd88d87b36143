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

  /// Signs when it is due, until its task is cancelled. What keeps it from signing is logged, and tried again.
  public func run() async throws {
    while true {
      try await Task.sleep(for: Self.pause)
      do {
        if policy.isDue(try await gateway.journal.unsigned(), now: .now()) {
          _ = try await gateway.journal.checkpoint()
        }
      } catch let error as CancellationError {
        throw error
      } catch {
        report(error)
      }
    }
  }

  /// Signs what is not signed yet; at the end of a program.
  func sign() async {
    do {
      _ = try await gateway.journal.checkpoint()
    } catch {
      report(error)
    }
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
