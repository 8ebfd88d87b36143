import Adapters
import Applications
import CivilTime
import Crypto
import Exchanges
import Policies
import Pushing
import Registry
import SQLDatabase
import Work

/// What is handed in about an attempt after it.
public enum PermitPurpose: String, CaseIterable, Sendable {
  /// 补正
  case supplement
  /// 撤件
  case withdraw
}

extension Permits {
  /// What is handed in for an attempt: the case's application with the item, whether it is a promise, and the files that
  /// its decision asks for.
  func request(
    for attempt: PermitItemAttempt, _ way: PermitWay, in permitCase: PermitCase, follows: PushID?,
    instead: PushID?, occasion: String
  ) async throws -> PushRequest {
    let stored = try await stored(permitCase)
    let (rows, remarks) = try await database.read { reader in
      (try self.files(for: attempt, in: reader), try self.remarks(of: attempt.id, in: reader))
    }
    let materials = try rows.map { row in
      let context = Self.materialContext(permitCase.number, row.code, row.sm3)
      return PermitMaterial(
        code: row.code,
        attachment: try Applications.Attachment(decoding: try open(row.sealed, context, permitCase.id)))
    }
    var request = request(stored, attempt, permitCase, materials)
    request.record.values["promise"] = .flag(way == .promise)
    if let remarks { request.record.values["remarks"] = .text(remarks) }
    request.follows = follows
    request.instead = instead
    request.occasion = occasion
    return request
  }

  /// What is handed in about an attempt that the window has: material it asked for, or that it is taken back.
  func request(
    about attempt: PermitItemAttempt, in permitCase: PermitCase, materials: [PermitMaterial], remarks: String?
  ) async throws -> PushRequest {
    var request = request(try await stored(permitCase), attempt, permitCase, materials)
    if let remarks { request.record.values["remarks"] = .text(remarks) }
    request.about = attempt.push.map { PushID($0) }
    return request
  }

  private struct Stored {
    let application: ApplicationRecord
    let requestID: String
  }

  private func request(
    _ stored: Stored, _ attempt: PermitItemAttempt, _ permitCase: PermitCase, _ materials: [PermitMaterial]
  ) -> PushRequest {
    var record = stored.application
    record.values["itemCode"] = .text(attempt.item.rawValue)
    let entries = materials.map { material in
      ApplicationValues([
        "name": .text(material.attachment.name), "kind": .text(material.code),
        "mediaType": .text(material.attachment.mediaType),
        "size": .amount(String(material.attachment.bytes.count)), "sm3": .text(material.attachment.sm3),
      ])
    }
    record.values["attachments"] = entries.isEmpty ? nil : .list(entries)
    return PushRequest(
      record: record, attachments: materials.map(\.attachment),
      // Items go side by side; what is about one of them goes behind it.
      sequence: "permit-\(permitCase.id)-\(attempt.item.rawValue)", requestID: stored.requestID)
  }

  private func stored(_ permitCase: PermitCase) async throws -> Stored {
    guard permitCase.erased == nil else { throw PermitError.erased(permitCase.id) }
    let (sealed, requestID) = try await database.read { reader in
      let found = try reader.first(
        "SELECT application, request_id FROM permit_case WHERE id = ?1", .int(permitCase.id.rawValue)
      ) { ($0.blob(0), $0.text(1)) }
      guard let found else { throw Self.notFound("permit case \(permitCase.id)") }
      return found
    }
    let record = try open(sealed, Self.context(permitCase.number, "application"), permitCase.id)
    return Stored(application: try ApplicationRecord(decoding: record), requestID: requestID)
  }

  /// The push that hands an attempt in.
  ///
  /// - Throws: `PermitError` `notNow` where it hands in another one already.
  func attach(
    _ push: PushID, to id: PermitItemID, in transaction: Transaction, now: Timestamp
  ) throws {
    let other = try transaction.first(
      "SELECT permit_case FROM permit_item WHERE push = ?1 AND id <> ?2", .int(push.rawValue),
      .int(id.rawValue)
    ) { $0.int(0) }
    if let other {
      throw PermitError(
        .notNow, "the same application was handed in already, as push \(push) of permit case \(other)",
        remedy: "go on with that case; or withdraw it there and try again")
    }
    try transaction.execute(
      "UPDATE permit_item SET push = ?2, changed = ?3 WHERE id = ?1", .int(id.rawValue), .int(push.rawValue),
      .int(now.milliseconds))
  }

  /// A push about an attempt, to be followed until what became of it is entered.
  ///
  /// - Throws: `PermitError` `notNow` where the same was handed in before and is decided: nothing would be sent for it.
  func follow(_ push: PushID, of id: PermitItemID, _ purpose: PermitPurpose, in transaction: Transaction)
    throws
  {
    let isOpen = try transaction.first("SELECT is_open FROM permit_push WHERE push = ?1", .int(push.rawValue))
    {
      $0.flag(0)
    }
    switch isOpen {
    case true?: return
    case false?:
      throw PermitError(
        .notNow, "the very same was handed in already, as push \(push)",
        remedy: "send other material, or say with --remarks what is different about it")
    case nil:
      try transaction.execute(
        "INSERT INTO permit_push (push, item, purpose, is_open) VALUES (?1, ?2, ?3, 1)", .int(push.rawValue),
        .int(id.rawValue), .text(purpose.rawValue))
    }
  }

  /// The pushes about an attempt of which nothing is entered yet.
  func followed(of id: PermitItemID) async throws -> [(push: PushID, purpose: PermitPurpose)] {
    try await database.read { reader in
      try reader.query(
        "SELECT push, purpose FROM permit_push WHERE item = ?1 AND is_open = 1 ORDER BY push",
        .int(id.rawValue)
      ) { row in
        guard let purpose = PermitPurpose(rawValue: row.text(1)) else {
          throw PermitError.unreadable("permit push \(row.int(0))")
        }
        return (PushID(row.int(0)), purpose)
      }
    }
  }

  func endFollowing(_ push: PushID, in transaction: Transaction) throws {
    try transaction.execute("UPDATE permit_push SET is_open = 0 WHERE push = ?1", .int(push.rawValue))
  }

  func noteAsked(_ id: PermitItemID, at time: Timestamp) async throws {
    try await database.write { transaction in
      _ = try transaction.execute(
        "UPDATE permit_item SET asked = ?2 WHERE id = ?1", .int(id.rawValue), .int(time.milliseconds))
    }
  }

  /// When an attempt was given on its way to the window; nil where it was handed in on paper.
  func handedIn(_ attempt: PermitItemAttempt, _ reader: Reader) throws -> CivilDateTime? {
    guard let push = attempt.push else { return nil }
    return try Pushes.push(PushID(push), in: reader)?.created.civil(offsetSeconds: UTCOffset.china)
  }

  /// Writes down what somebody has to look at of an attempt.
  ///
  /// - Returns: whether that is news.
  func note(
    _ doubt: PermitDoubt, of id: PermitItemID, in transaction: Transaction, now: Timestamp
  ) throws -> Bool {
    let item = try load(id, transaction)
    guard !item.doubts.contains(doubt) else { return false }
    try transaction.execute(
      "UPDATE permit_item SET doubts = ?2, changed = ?3 WHERE id = ?1", .int(id.rawValue),
      .textOrNull(PermitDoubt.text(item.doubts.union([doubt]))), .int(now.milliseconds))
    return true
  }

  /// Writes down what keeps an item from going on; nil: nothing does any more.
  func note(_ problem: WorkProblem?, of id: PermitItemID) async throws {
    try await database.write { transaction in
      _ = try transaction.execute(
        "UPDATE permit_item SET problem_code = ?2, problem = ?3 WHERE id = ?1", .int(id.rawValue),
        .textOrNull(problem?.code), .textOrNull(problem.map { "\($0.message) (\($0.remedy))" }))
    }
  }

  /// What was refused has been taken after all, whichever way it came.
  func forgetRefusal(of id: PermitItemID, in transaction: Transaction) throws {
    try transaction.execute(
      "UPDATE permit_item SET problem_code = NULL, problem = NULL WHERE id = ?1 AND problem_code = ?2",
      .int(id.rawValue), .text(PermitErrorCode.notTaken.rawValue))
  }

  private func open(_ sealed: [UInt8], _ context: String, _ id: PermitCaseID) throws -> [UInt8] {
    do throws(CryptoError) {
      return try keys.sealer.open(sealed, context: context)
    } catch {
      throw PermitError.unreadable("what permit case \(id) was opened with")
    }
  }
}
