import Adapters
import CivilTime
import Journal
import Telemetry
import Work

/// Watches the machine's clock, so that what is written down while it stands behind is not taken for old.
public struct ClockKeeper: Sendable {
  private static let pause = Duration.seconds(300)

  private let ledger: ClockLedger
  private let log: Log

  public init(_ gateway: Gateway) {
    ledger = ClockLedger(database: gateway.database)
    log = gateway.log
  }

  /// Milliseconds the machine has been up.
  public static func uptime() -> Int64 { Int64(CallEnvironment.continuous()) }

  /// Which start of the machine this is. Where the system does not tell, no other process is taken to be of the same.
  public static let boot: String = {
    let boot = WorkOwner().boot
    return boot.isEmpty ? "process \(UInt64.random(in: 0 ... .max))" : boot
  }()

  /// Looks at the clock once: before a gateway writes anything.
  public func look() async throws {
    let standing = try await ledger.look(at: .now(), uptime: Self.uptime(), boot: Self.boot)
    // Once, and once more where it is set back again: it may go on for long.
    if standing.isBehindAnew, let behind = standing.behind {
      log(
        .warning, "the clock stands behind",
        [
          "behindSeconds": .integer(Int(behind.shift / 1000)),
          "remedy":
            "set it; if it is right now, since it stood ahead before, run 'zhengdian journal prune --clock-is-right'",
        ])
    }
  }

  /// Looks at it every five minutes, until its task is cancelled. What keeps it from that is logged, and tried again.
  public func run() async throws {
    while true {
      try await Task.sleep(for: Self.pause)
      do {
        try await look()
      } catch let error as CancellationError {
        throw error
      } catch {
        log(
          .error, "clock not looked at",
          ["problem": .text("\(error)"), "remedy": "see that the database can be written"])
      }
    }
  }
}
