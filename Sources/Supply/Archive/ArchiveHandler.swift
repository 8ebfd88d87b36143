import Changes
public import CivilTime
import Documents
import Exchanges
import SQLDatabase
public import Work

/// Looks through the archives of connected applications until they are whole, and tells what is missing.
public struct ArchiveHandler: WorkHandler {
  /// So many seconds after the connection an archive that is not whole is left to people.
  static let patience = 180.0 * 86_400

  private let archivist: SupplyArchivist
  private let now: @Sendable () -> Timestamp

  public init(_ archivist: SupplyArchivist, now: @escaping @Sendable () -> Timestamp = { .now() }) {
    self.archivist = archivist
    self.now = now
  }

  public func perform(_ lease: WorkLease) async throws {
    guard let errand = ArchiveErrand(decoding: lease.payload) else {
      throw SupplyError(
        .unreadable, "work \(lease.id) names no application", remedy: "compare the database with a backup")
    }
    let (store, following, moment) = (archivist.desk.store, archivist.following, now())
    var missing: String?
    // On which the connection rests, where it meets everything.
    var pin: ArchivePin?
    do {
      let contents = try await archivist.contents(of: errand.application, at: moment)
      missing = contents.missing.map(\.word).joined(separator: " ")
      if contents.isMet { pin = ArchivePin(verdict: contents.latest.version, line: contents.line) }
    } catch let error as SupplyError where error.code == .erased {
      missing = nil
    }
    let (lacks, met) = (missing, pin)
    try await store.database.write { transaction in
      // A later note has work of its own; of what was erased there is none.
      guard let missing = lacks, let archive = try store.archive(errand.application, transaction),
        archive.standing.connection.id == errand.connection
      else { return try following.queue.complete(lease, in: transaction, now: moment) }
      if let met { try store.pin(met, of: errand.application, in: transaction) }
      let isLate = archive.standing.isLate(at: moment)
      if archive.told != missing || archive.isToldLate != isLate {
        try following.changes.append(
          [
            NewChange(
              missing.isEmpty ? .supplyArchived : .supplyIncomplete, "supply-\(errand.application)",
              [
                "missing": missing.isEmpty ? nil : .word(missing),
                "due": (archive.standing.due?.iso8601).map { .word($0) },
                "late": .word(isLate ? "true" : "false"),
              ])
          ], in: transaction, at: moment)
        try store.settle(
          errand.application, told: missing, isLate: isLate, archived: missing.isEmpty ? moment : nil,
          in: transaction)
      }
      guard !missing.isEmpty, let next = Self.next(archive.standing, at: moment) else {
        return try following.queue.complete(lease, in: transaction, now: moment)
      }
      try following.queue.snooze(lease, until: next, in: transaction, now: moment)
    }
  }

  /// Each hour until the limit and at it, each six hours behind it; nil when it has lasted too long. Pure.
  static func next(_ standing: ArchiveStanding, at moment: Timestamp) -> Timestamp? {
    let lasted = Double(moment.milliseconds(since: standing.connection.connected)) / 1000
    let noted = Double(moment.milliseconds(since: standing.connection.noted)) / 1000
    // What is noted late is followed as long.
    guard min(lasted, noted) < patience else { return nil }
    guard let due = standing.due, moment < due else { return moment.advanced(bySeconds: 6 * 3600) }
    return min(moment.advanced(bySeconds: 3600), due)
  }

  public func problem(of error: any Error) -> WorkProblem {
    guard let error = error as? SupplyError else { return WorkProblem(error) }
    return WorkProblem(
      code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
  }
}

/// Which application's archive is to be looked through, and for which note.
struct ArchiveErrand: Hashable, Sendable {
  let application: SupplyApplicationID
  let connection: Int64

  init(application: SupplyApplicationID, connection: Int64) {
    self.application = application
    self.connection = connection
  }

  var encoded: [UInt8] { Array("\(application) \(connection)".utf8) }

  init?(decoding bytes: [UInt8]) {
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard parts.count == 2, let id = Int64(parts[0]), let connection = Int64(parts[1]) else { return nil }
    self.init(application: SupplyApplicationID(rawValue: id), connection: connection)
  }
}

extension SupplyFollowing {
  /// Has the archive of an application looked through, at once and until it is whole.
  func archive(
    _ id: SupplyApplicationID, _ connection: SupplyConnection, in transaction: Transaction, now: Timestamp
  ) throws {
    _ = try queue.enqueue(
      NewWork(
        kind: .archive, lane: Self.lane, businessKey: Array("\(id)".utf8),
        contentDigest: Array("\(connection.id)".utf8),
        payload: ArchiveErrand(application: id, connection: connection.id).encoded, notBefore: now),
      in: transaction, now: now)
  }
}
