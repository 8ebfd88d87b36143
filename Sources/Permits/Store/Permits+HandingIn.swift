import Adapters
import Applications
import CivilTime
import Crypto
import Documents
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
    occasion: String
  ) async throws -> PushRequest {
    let wanted = try Self.materials(of: attempt)
    let stored = try await stored(permitCase)
    // The latest file of a code stands for those before it.
    let rows = stored.materials.filter { row in
      wanted.contains(row.code) && stored.materials.last { $0.code == row.code }?.sm3 == row.sm3
    }
    let materials = try rows.map { row in
      let context = Self.materialContext(permitCase.number, row.code, row.sm3)
      return PermitMaterial(
        code: row.code,
        attachment: try Applications.Attachment(decoding: try open(row.sealed, context, permitCase.id)))
    }
    var request = request(stored, attempt, permitCase, materials)
    request.record.values["promise"] = .flag(way == .promise)
    request.follows = follows
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
    let materials: [(code: String, sm3: String, sealed: [UInt8])]
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
    let (sealed, requestID, rows) = try await database.read { reader in
      let found = try reader.first(
        "SELECT application, request_id FROM permit_case WHERE id = ?1", .int(permitCase.id.rawValue)
      ) { ($0.blob(0), $0.text(1)) }
      guard let found else { throw Self.notFound("permit case \(permitCase.id)") }
      let rows = try reader.query(
        "SELECT code, sm3, sealed FROM permit_material WHERE permit_case = ?1 ORDER BY id",
        .int(permitCase.id.rawValue)
      ) { (code: $0.text(0), sm3: $0.text(1), sealed: $0.blob(2)) }
      return (found.0, found.1, rows)
    }
    let record = try open(sealed, Self.context(permitCase.number, "application"), permitCase.id)
    return Stored(
      application: try ApplicationRecord(decoding: record), requestID: requestID, materials: rows)
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

  /// Writes down what keeps an item from going on; nil: nothing does any more.
  func note(_ problem: WorkProblem?, of id: PermitItemID) async throws {
    try await database.write { transaction in
      _ = try transaction.execute(
        "UPDATE permit_item SET problem_code = ?2, problem = ?3 WHERE id = ?1", .int(id.rawValue),
        .textOrNull(problem?.code), .textOrNull(problem.map { "\($0.message) (\($0.remedy))" }))
    }
  }

  /// The codes that the attempt's decision asks for.
  private static func materials(of attempt: PermitItemAttempt) throws -> Set<String> {
    let decision = try JSONDocument(parsing: attempt.decision).root
    return Set(decision["materials"]?.elements.compactMap { $0["code"]?.string } ?? [])
  }

  private func open(_ sealed: [UInt8], _ context: String, _ id: PermitCaseID) throws -> [UInt8] {
    do throws(CryptoError) {
      return try keys.sealer.open(sealed, context: context)
    } catch {
      throw PermitError.unreadable("what permit case \(id) was opened with")
    }
  }
}
