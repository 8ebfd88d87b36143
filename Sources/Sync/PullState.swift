import Adapters
import CivilTime
import Crypto
import SQLDatabase

/// How far an operation has been pulled: kept in the same transaction as the records, so that a crash loses neither and doubles neither.
struct PullState: Sendable {
  /// The end of the last complete window.
  var watermark: Timestamp?
  /// The window under way; nil between windows, and for operations without windows.
  var window: PullWindow?
  /// How far the pull under way has come; a fresh one when none is.
  var progress = PullProgress()
  var lastStarted: Timestamp?

  /// Throws `CryptoError` for a platform's word that was altered, or sealed with a key that is not at hand.
  static func load(_ key: OperationKey, _ reader: Reader, _ sealer: Sealer) throws -> PullState {
    try reader.first(
      """
      SELECT watermark, window_from, window_to, pages, rows, next, declared, last_digest, last_started, begun
      FROM pull_state WHERE platform = ?1 AND operation = ?2
      """, .text(key.platform), .text(key.operation)
    ) { row in
      var state = PullState()
      state.watermark = row.intOrNull(0).map { Timestamp(milliseconds: $0) }
      if let from = row.intOrNull(1), let to = row.intOrNull(2) {
        state.window = PullWindow(from: Timestamp(milliseconds: from), to: Timestamp(milliseconds: to))
      }
      state.progress.pages = Int(row.int(3))
      state.progress.rows = Int(row.int(4))
      state.progress.next = try row.blobOrNull(5).map {
        String(decoding: try sealer.open($0, context: context(key)), as: UTF8.self)
      }
      state.progress.declared = row.intOrNull(6).map { Int($0) }
      state.progress.lastDigest = row.blobOrNull(7) ?? []
      state.lastStarted = row.intOrNull(8).map { Timestamp(milliseconds: $0) }
      state.progress.begun = row.intOrNull(9).map { Timestamp(milliseconds: $0) }
      return state
    } ?? PullState()
  }

  func save(_ key: OperationKey, _ transaction: Transaction, _ sealer: Sealer) throws {
    _ = try transaction.execute(
      """
      INSERT INTO pull_state (platform, operation, watermark, window_from, window_to, pages, rows, next, declared,
        last_digest, last_started, begun) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
      ON CONFLICT (platform, operation) DO UPDATE SET watermark = ?3, window_from = ?4, window_to = ?5, pages = ?6,
        rows = ?7, next = ?8, declared = ?9, last_digest = ?10, last_started = ?11, begun = ?12
      """, .text(key.platform), .text(key.operation), .intOrNull(watermark?.milliseconds),
      .intOrNull(window?.from.milliseconds), .intOrNull(window?.to.milliseconds), .int(progress.pages),
      .int(progress.rows),
      .blobOrNull(progress.next.map { sealer.seal(Array($0.utf8), context: Self.context(key)) }),
      .intOrNull(progress.declared), .blob(progress.lastDigest), .intOrNull(lastStarted?.milliseconds),
      .intOrNull(progress.begun?.milliseconds))
  }

  static func context(_ key: OperationKey) -> String { "pull_state.next|\(key)" }

  /// The state in which the window under way is pulled from its first page.
  func startedOver() -> PullState {
    var state = self
    state.progress = PullProgress()
    return state
  }

  /// The state after the pull under way is complete.
  func completed() -> PullState {
    PullState(watermark: window?.to ?? watermark, window: nil, lastStarted: lastStarted)
  }
}

/// One operation of one platform.
public struct OperationKey: Hashable, Sendable, CustomStringConvertible {
  public let platform: String
  public let operation: String

  public init(platform: String, operation: String) {
    self.platform = platform
    self.operation = operation
  }

  public var description: String { "\(platform)/\(operation)" }
}
