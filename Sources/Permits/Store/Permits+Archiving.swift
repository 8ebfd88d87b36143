import Applications
import Crypto
import Registry
import SQLDatabase

/// What belongs into the archive of an application for electricity.
extension Permits {
  /// The case of a number, and those of a project, oldest first. Cases that were opened before projects were noted are found by their number alone.
  ///
  /// - Parameter project: a keyed digest of its code; see `RegistryKeys.projectToken`.
  public func cases(ofNumber number: String, project: [UInt8]?) async throws -> [PermitCase] {
    try await database.read { reader in
      try reader.query(
        "SELECT \(Self.caseColumns) FROM permit_case WHERE number = ?1 OR project = ?2 ORDER BY id",
        .text(number), .blobOrNull(project)
      ) { try PermitCase($0) }
    }
  }

  func projectToken(_ code: String) -> [UInt8] { keys.projectToken(code) }

  /// The files of a case by their codes and digests; none where they were erased.
  public func fileNames(of permitCase: PermitCase) async throws -> [(code: String, sm3: String)] {
    try await database.read { reader in
      try reader.query(
        "SELECT code, sm3 FROM permit_material WHERE permit_case = ?1 ORDER BY id",
        .int(permitCase.id.rawValue)
      ) { (code: $0.text(0), sm3: $0.text(1)) }
    }
  }

  /// The files of a case with their content.
  public func files(of permitCase: PermitCase) async throws -> [PermitMaterial] {
    let sealer = keys.sealer
    return try await database.read { reader in
      try reader.query(
        "SELECT code, sm3, sealed FROM permit_material WHERE permit_case = ?1 ORDER BY id",
        .int(permitCase.id.rawValue)
      ) { row in
        let (code, sm3) = (row.text(0), row.text(1))
        do {
          let bytes = try sealer.open(
            row.blob(2), context: Self.materialContext(permitCase.number, code, sm3))
          return PermitMaterial(code: code, attachment: try Applications.Attachment(decoding: bytes))
        } catch {
          throw PermitError.unreadable("a file of permit case \(permitCase.id)")
        }
      }
    }
  }
}
