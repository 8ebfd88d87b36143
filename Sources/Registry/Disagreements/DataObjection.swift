public import Certificates
public import CivilTime
public import Documents
import SQLDatabase

/// What is put to a platform that is thought to be wrong (数据异议): the record of kind `data-objection`. Holds what both platforms say, so it is personal data.
public struct DataObjection: Hashable, Sendable {
  /// The platform that is told.
  public let platform: String
  public let certificateNumber: String
  public let certificateKind: CertificateKind
  public let field: String
  /// What that platform says, and what the other one says.
  public let observed: String
  public let expected: String
  public let grounds: String
  /// Since when the two say what they say.
  public let since: Timestamp

  /// `{platform, certificateNumber, certificateKind, field, observed, expected, grounds}`, all texts.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("platform", platform)
      writer.member("certificateNumber", certificateNumber)
      writer.member("certificateKind", certificateKind.rawValue)
      writer.member("field", field)
      writer.member("observed", observed)
      writer.member("expected", expected)
      writer.member("grounds", grounds)
    }
  }
}

extension Registry {
  /// The objection that a disagreement gives: to the platform of less authority, with the words of both. Whoever calls it shows or sends what people's
  /// papers say, and has that recorded.
  ///
  /// - Throws: `RegistryError` `.notFound`; `.wrongState` when they agree by now.
  public func objection(to id: DisagreementID) async throws -> DataObjection {
    guard let disagreement = try await disagreement(id) else {
      throw RegistryError(.notFound, "there is no disagreement \(id)")
    }
    guard disagreement.state != .resolved else {
      throw RegistryError(.wrongState, "disagreement \(id) is resolved: the platforms agree")
    }
    let sealed = try await database.read { reader in
      let find = try reader.prepare(
        """
        SELECT c.identity, o.platform, o.sealed FROM observation o JOIN certificate c ON c.id = o.certificate
        WHERE o.id = ?1
        """)
      return try disagreement.observations.compactMap { observation in
        try find.first(.int(observation)) { ($0.blob(0), $0.text(1), $0.blob(2)) }
      }
    }
    guard sealed.count == 2 else {
      throw RegistryError(.unreadable, "an observation of disagreement \(id) is not there any more")
    }
    let records = try sealed.map { try record($0.2, identity: $0.0, platform: $0.1) }
    let ranks = disagreement.platforms.map { precedence.rank($0, for: disagreement.kind) }
    // The one whose word is the record is right; of two others the one of more authority.
    let right =
      disagreement.platforms.firstIndex(of: disagreement.prevailing) ?? (ranks[0] <= ranks[1] ? 0 : 1)
    let wrong = 1 - right
    func text(_ record: CertificateRecord) -> String { record.text(ofDisagreement: disagreement.field) ?? "" }
    return DataObjection(
      platform: disagreement.platforms[wrong],
      certificateNumber: records[wrong].number ?? records[right].number ?? "",
      certificateKind: disagreement.kind, field: disagreement.field, observed: text(records[wrong]),
      expected: text(records[right]), grounds: "与\(disagreement.platforms[right])平台登记的内容不一致",
      since: disagreement.saidSince)
  }
}
