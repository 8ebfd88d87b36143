import CivilTime
import Exchanges
import SQLDatabase
import Sync

/// What is done with each thing that is replayed, at one depth.
protocol ReplayAction: Sendable {
  /// The same, made ready to repeat some things one after the other.
  func ready() async -> any ReplayAction

  /// Repeats one thing. `keep` writes the result down, in the transaction of what the repetition brought about; `admit` is asked in
  /// transactions before it.
  ///
  /// - Throws: what kept it from being repeated; the item has failed then.
  func perform(_ item: ReplayItem, of replay: Replay, admit: @escaping Admit, keep: @escaping Keep)
    async throws

  /// What became of something that was handed in; nil as long as nobody knows.
  func outcome(of item: ReplayItem) async throws -> ReplayResult?
}

extension ReplayAction {
  typealias Keep = @Sendable (ReplayResult, Transaction) throws -> Void
  /// Throws where the replay is not to go on.
  typealias Admit = @Sendable (Transaction) throws -> Void

  func ready() async -> any ReplayAction { self }

  /// Most things are decided when they have been done.
  func outcome(of item: ReplayItem) async throws -> ReplayResult? { nil }
}

struct ReplayResult: Hashable, Sendable {
  var state: ReplayItem.State
  var repetition: Int64?
  var problemCode: String?
  var problemClass: ErrorClass?
  var records = ReplayRecords()

  static func succeeded(_ records: ReplayRecords = ReplayRecords()) -> ReplayResult {
    ReplayResult(state: .succeeded, records: records)
  }

  static func failed(_ code: String, _ errorClass: ErrorClass) -> ReplayResult {
    ReplayResult(state: .failed, problemCode: code, problemClass: errorClass)
  }
}
