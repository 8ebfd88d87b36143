import Certificates
import CivilTime
import Crypto

/// An observation encoded, sealed and indexed: all that costs time is done, so that the writer thread only copies bytes.
public struct PreparedObservation: Sendable {
  let observation: Observation
  let identity: [UInt8]
  let candidateID: CertificateID
  let digest: [UInt8]
  let sealed: [UInt8]
  let keys: [[UInt8]]
  let claim: Claim
}

extension Registry {
  /// Encodes, seals and indexes; runs on any thread, so that the writer does not wait for it.
  ///
  /// Throws for a record without identity, which mapping should have quarantined.
  public func prepare(_ observations: [Observation]) throws(RegistryError) -> [PreparedObservation] {
    var prepared: [PreparedObservation] = []
    prepared.reserveCapacity(observations.count)
    for observation in observations { prepared.append(try prepare(observation)) }
    return prepared
  }

  private func prepare(_ observation: Observation) throws(RegistryError) -> PreparedObservation {
    let record = observation.record
    guard let identity = record.identity else {
      throw RegistryError(.noIdentity, "a \(record.kind.rawValue) has nothing that identifies it")
    }
    let token = keys.blindIndex.token("identity", identity.text)
    let updated = record.sourceUpdatedAt?.milliseconds ?? observation.received.milliseconds
    let (bytes, contentCount) = record.encodeMarkingContent()
    return PreparedObservation(
      observation: observation, identity: token,
      candidateID: CertificateID(random: SecureRandom.bytes(CertificateID.randomByteCount)),
      digest: digest(of: record, bytes[..<contentCount]),
      sealed: keys.sealer.seal(bytes, context: Self.context(token, observation.platform)),
      keys: record.lookupKeys.map { keys.blindIndex.token($0.domain.rawValue, $0.text) },
      claim: Claim(
        rank: precedence.rank(observation.platform, for: record.kind),
        hasContent: record.verification == .content, time: updated))
  }

  /// Equal for records that say the same: management says where and when, not what, except whether the content was given at all and whether the
  /// platform has taken the row back.
  ///
  /// - Parameter content: the record's bytes without management.
  private func digest(of record: CertificateRecord, _ content: ArraySlice<UInt8>) -> [UInt8] {
    var told = Array(content)
    for field in [Field.verification, .sourceDeleted] {
      guard let value = record.management[field] else { continue }
      told += "\0\(field.name)\0\(value.displayText)".utf8
    }
    return keys.blindIndex.token("record", told)
  }

  /// A sealed record belongs to one identity and one platform; moved elsewhere it does not open.
  static func context(_ identity: [UInt8], _ platform: String) -> [UInt8] {
    Array("registry/observation/".utf8) + identity + Array(platform.utf8)
  }
}
