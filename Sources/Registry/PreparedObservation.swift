import Certificates
import CivilTime
import Crypto

/// An observation encoded, sealed and indexed: all that costs time is done, so that the writer thread only copies bytes.
public struct PreparedObservation: Sendable {
  public let observation: Observation
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
    // One call for many ids costs little more than one for one.
    let idBytes = CertificateID.randomByteCount
    let randomness = SecureRandom.bytes(observations.count * idBytes)
    for (index, observation) in observations.enumerated() {
      let random = Array(randomness[index * idBytes..<(index + 1) * idBytes])
      prepared.append(try prepare(observation, candidate: CertificateID(random: random)))
    }
    return prepared
  }

  private func prepare(
    _ observation: Observation, candidate: CertificateID
  ) throws(RegistryError) -> PreparedObservation {
    let record = observation.record
    guard let identity = record.identity else {
      throw RegistryError(.noIdentity, "a \(record.kind.rawValue) has nothing that identifies it")
    }
    let token = keys.blindIndex.token("identity", identity.text)
    let updated = record.sourceUpdatedAt?.milliseconds ?? observation.received.milliseconds
    let (bytes, contentCount) = record.encodeMarkingContent()
    return PreparedObservation(
      observation: observation, identity: token,
      candidateID: candidate,
      digest: digest(of: record, bytes[..<contentCount]),
      sealed: keys.sealer.seal(RecordPacking.pack(bytes), context: Self.context(token, observation.platform)),
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
    // The keyed digest is SM3's; what is fed to it is short, since processors have SHA-256 built in and SM3 would cost as much as sealing.
    return keys.blindIndex.token("record", Digest.sha256.hash(told))
  }

  /// A sealed record belongs to one identity and one platform; moved elsewhere it does not open.
  static func context(_ identity: [UInt8], _ platform: String) -> [UInt8] {
    Array("registry/observation/".utf8) + identity + Array(platform.utf8)
  }
}
