import Certificates
import CivilTime
import Crypto
import Registry
import SQLDatabase

/// A row as it lies in the table.
struct StoredMaterial: Sendable {
  let id: Int64
  let file: Int64?
  let code: String
  let kind: String?
  let issued: String?
  let validTo: String?
  let business: String
  let application: String?
  let channel: String
  let received: Timestamp
  let size: Int
  let sealed: [UInt8]?
  let check: (state: String, reasons: String, at: Timestamp, certificate: String?)?
  let withdrawn: Timestamp?
  let erased: Timestamp?

  init(_ row: borrowing Row) {
    func time(_ value: Int64?) -> Timestamp? { value.map { Timestamp(milliseconds: $0) } }
    id = row.int(0)
    file = row.intOrNull(1)
    code = row.text(2)
    kind = row.textOrNull(3)
    issued = row.textOrNull(4)
    validTo = row.textOrNull(5)
    business = row.text(6)
    application = row.textOrNull(7)
    channel = row.text(8)
    received = Timestamp(milliseconds: row.int(9))
    size = Int(row.int(10))
    sealed = row.blobOrNull(11)
    if let state = row.textOrNull(12), let at = time(row.intOrNull(14)) {
      check = (state, row.textOrNull(13) ?? "", at, row.textOrNull(15))
    } else {
      check = nil
    }
    withdrawn = time(row.intOrNull(16))
    erased = time(row.intOrNull(17))
  }
}

extension Materials {
  /// Where nobody waits for the reader's thread.
  func open(_ stored: StoredMaterial) throws -> Material {
    let unreadable = MaterialError.unreadable(stored.id)
    func date(_ text: String?) throws -> CivilDate? {
      try text.map { text in
        guard let date = CivilDate(iso: text) else { throw unreadable }
        return date
      }
    }
    let kind = try stored.kind.map { word in
      guard let kind = CertificateKind(rawValue: word) else { throw unreadable }
      return kind
    }
    var details: Material.Details?
    if stored.erased == nil {
      guard let sealed = stored.sealed else { throw unreadable }
      do throws(CryptoError) {
        details = Material.Details(
          decoding: try keys.sealer.open(sealed, context: Self.detailsContext(stored.id)))
      } catch {
        throw unreadable
      }
      guard details != nil else { throw unreadable }
    }
    let check = try stored.check.map { check in
      let reasons = check.reasons.split(separator: " ").map { MaterialCheck.Reason(rawValue: String($0)) }
      guard let state = MaterialCheck.State(rawValue: check.state), !reasons.contains(nil) else {
        throw unreadable
      }
      return MaterialCheck(
        state, Set(reasons.compactMap(\.self)), at: check.at,
        certificate: check.certificate.flatMap { CertificateID(rawValue: $0) })
    }
    return Material(
      id: MaterialID(rawValue: stored.id), code: stored.code, kind: kind, issued: try date(stored.issued),
      validTo: try date(stored.validTo), business: stored.business, application: stored.application,
      channel: stored.channel, received: stored.received, size: stored.size, check: check,
      withdrawn: stored.withdrawn, erased: stored.erased, details: details)
  }
}
