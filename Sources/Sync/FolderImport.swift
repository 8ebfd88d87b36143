import Adapters
import CivilTime
public import Exchanges
import Journal
public import Registry
import SQLDatabase
import Work

/// A message that was saved to a file: one answer as the platform sent it.
public struct SavedMessage: Sendable {
  /// The file's name, for reports; it is kept sealed, since people name files after people.
  public let name: String
  public let bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// What became of one saved message.
public struct ImportedMessage: Sendable {
  public let name: String
  public let exchange: ExchangeID
  public let rows: Int
  public let skipped: Int
  public let counts: StoreCounts
  /// nil: understood and stored.
  public let problem: SyncProblem?
}

/// What the messages of one folder looked like so far: small ones are judged together.
public struct FolderWatch: Sendable {
  var watch: DriftWatch?

  public init() {}
}

extension PullRunner {
  /// One message by itself.
  public func take(
    _ message: SavedMessage, requestID: String, guarding: @escaping Guard = { _ in }
  ) async throws -> ImportedMessage {
    var alone = FolderWatch()
    return try await take(message, requestID: requestID, &alone, guarding: guarding)
  }

  /// Runs a saved answer through the same path as a live one: journal, envelope, mapping, registry. Paging and watermark are not touched.
  ///
  /// A message that cannot be understood is in the journal with its problem; the others go on. One that is no longer what is usual is not stored
  /// either: its problem is `drift-held`, and its operation is held as by a pull. A file that is no message of the platform's at all holds nothing.
  ///
  /// - Parameter guarding: called in the transaction that stores it; what it throws is passed on.
  public func take(
    _ message: SavedMessage, requestID: String, _ folder: inout FolderWatch,
    guarding: @escaping Guard = { _ in }
  ) async throws -> ImportedMessage {
    let derivation = try await derivation()
    let received = now()
    let id = try await ledger.record(
      Exchange(
        platform: key.platform, operation: key.operation, method: "FILE", address: "file:saved-message",
        requestHeaders: [ExchangeHeader(name: "File-Name", value: message.name)], status: 200,
        responseBody: message.bytes, created: received, sent: nil, received: received, outcome: .unknown,
        requestID: requestID))
    do {
      let answer = try client.open(message.bytes, of: operation.base)
      let page = try derivation.page(
        PlatformClient.Page(
          exchange: id, answer: answer, received: received, bytes: message.bytes.count, contentType: nil),
        progress: PullProgress())
      var watch = if let begun = folder.watch { begun } else { try await self.watch(derivation) }
      try await judge(page, by: .file, &watch, guarding: guarding)
      folder.watch = watch
      let journal = ledger.journal
      let counts = try await ledger.database.writeRegardless { transaction in
        try guarding(transaction)
        let counts = try derivation.store(page, in: transaction)
        try journal.conclude(id, .succeeded, nil, in: transaction)
        return counts
      }
      try await registry.compareObservations(at: now())
      return ImportedMessage(
        name: message.name, exchange: id, rows: page.rows, skipped: page.skipped, counts: counts, problem: nil
      )
    } catch {
      // A database that cannot be written is no fault of the message.
      if error is DatabaseError || error is CancellationError || error is WorkError { throw error }
      let problem = SyncProblem(error)
      if !(error is DriftHeld) { try await ledger.settle(id, .failed, problem.exchangeProblem) }
      return ImportedMessage(
        name: message.name, exchange: id, rows: 0, skipped: 0, counts: StoreCounts(), problem: problem)
    }
  }
}
