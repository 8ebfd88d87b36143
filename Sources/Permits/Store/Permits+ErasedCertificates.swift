import Applications
import Certificates
import CivilTime
import Registry
import SQLDatabase

/// Certificates of cases that were erased: their numbers, and what was said with them, stand in the certificates alone.
extension Permits {
  /// Notes which certificate each attempt of a case has, while its numbers are there.
  func noteCertificates(of id: PermitCaseID, in transaction: Transaction) throws {
    guard let registry else { return }
    let attempts = try transaction.query(
      """
      SELECT item.id, item.item, item.state, parent.region FROM permit_item AS item
      JOIN permit_case AS parent ON parent.id = item.permit_case WHERE parent.id = ?1
      """, .int(id.rawValue)
    ) { row in
      (
        id: PermitItemID(rawValue: row.int(0)), item: PermitItem(rawValue: row.text(1)),
        state: row.textOrNull(2).flatMap(PermitState.init), region: row.text(3)
      )
    }
    for attempt in attempts {
      guard let item = attempt.item, let state = attempt.state, Self.hasCertificate(state) else { continue }
      let number: String?
      do {
        number = try approvals(of: attempt.id, transaction).last(where: \.holds)?.number
      } catch let error as DatabaseError {
        throw error
      } catch {
        // What cannot be read is destroyed all the same.
        continue
      }
      guard let number, let identity = Self.identity(of: number, item, in: attempt.region),
        let certificate = try registry.id(of: identity, in: transaction)
      else { continue }
      try transaction.execute(
        "UPDATE permit_item SET certificate = ?2 WHERE id = ?1", .int(attempt.id.rawValue),
        .text(certificate.rawValue))
    }
  }

  /// Tells the state of an attempt on the certificate that it had when its case was erased.
  ///
  /// - Parameter told: where it was said.
  func keepErasedCertificate(
    of attempt: PermitItemAttempt, in permitCase: PermitCase, _ state: PermitState, told: PermitEvidence?,
    in transaction: Transaction, now: Timestamp
  ) throws {
    guard let registry else { return }
    let noted = try transaction.first(
      "SELECT certificate FROM permit_item WHERE id = ?1", .int(attempt.id.rawValue)
    ) { $0.textOrNull(0) }
    guard let id = (noted ?? nil).flatMap(CertificateID.init),
      let last = try registry.observations(of: id, in: transaction).last(where: {
        Self.caseNumber($0.record) == permitCase.number
      })
    else { return }
    var observation = Observation(
      platform: last.platform, record: last.record, exchange: last.exchange, locator: last.locator,
      mapping: last.mapping, adapter: last.adapter, received: now)
    let standing = Self.standing(holds: Self.hasCertificate(state), isCurrent: true, state)
    observation.record.set("basic.state", .text(standing.state.rawValue))
    observation.record.set("basic.stateText", .text(standing.title))
    observation.record.set("specific.caseState", .text(state.title))
    if let told, told.platform == last.platform {
      observation.exchange = told.exchange
      observation.adapter = try registry.define(
        .adapter, name: told.adapter, version: 1, content: told.bundle, in: transaction, at: now)
    }
    _ = try registry.store(try registry.prepare([observation]), in: transaction, now: now)
  }

  /// How the certificate of a decision is identified.
  static func identity(of number: String, _ item: PermitItem, in region: String) -> RecordIdentity? {
    var record = CertificateRecord(kind: kind(of: item))
    record.set("basic.number", .text(number))
    record.set("basic.areaCode", .text(region))
    record.set("specific.itemCode", .text(item.rawValue))
    return record.identity
  }
}

extension CertificateRecord {
  /// Sets a field that its kind has.
  mutating func set(_ path: String, _ value: FieldValue?) {
    guard let field = FieldSchema.field(path: path, kind: kind) else {
      preconditionFailure("a \(kind.rawValue) has no \(path)")
    }
    self[field] = value
  }
}
