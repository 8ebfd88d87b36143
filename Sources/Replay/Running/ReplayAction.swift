import CivilTime
import Exchanges
import SQLDatabase
import Sync

/// What is done with each thing that is replayed, at one depth.
protocol ReplayAction: Sendable {
  /// The same, made ready to repeat some things one after the other.
  func ready() async -> any ReplayAction

  /// Repeats one thing, and notes what came of it.
  ///
  /// - Throws: what kept it from being repeated; the item has failed then.
  func perform(_ item: ReplayItem, of replay: Replay, _ notes: ReplayNotes) async throws

  /// What became of something that was handed in; nil as long as nobody knows.
  func outcome(of item: ReplayItem) async throws -> ReplayResult?
}

extension ReplayAction {
  func ready() async -> any ReplayAction { self }

  /// Most things are decided when they have been done.
  func outcome(of item: ReplayItem) async throws -> ReplayResult? { nil }
}

/// Writes down what repeating a thing brings about, each in the transaction of just that. Throws where the replay is not to go on.
struct ReplayNotes: Sendable {
  /// What a part of it has brought about, and how many records of it are stored by then; the rest is still to come.
  let part: @Sendable (ReplayRecords, _ stored: Int, Transaction) throws -> Void
  /// What became of it, with what its last part has brought about.
  let end: @Sendable (ReplayResult, Transaction) throws -> Void
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
