import Access
import Certificates
import CivilTime
import Compression
public import Documents
import HTTPService
public import Supply

extension GatewayAPI {
  private static let noArchivist = APIProblem(
    .proofUnavailable, "This gateway answers without making archives.")

  func connected(
    _ id: SupplyApplicationID, at moment: Timestamp, _ contracts: [String], now: Timestamp
  ) async throws -> HTTPServerResponse {
    guard let archivist = parts.archivist else { throw Self.noArchivist }
    let standing = try await archivist.connected(id, at: moment, contracts: contracts, now: now)
    return Self.json { ArchiveWriter.writeMembers(standing, of: id, to: &$0) }
  }

  /// Makes the package. The audit has its certificates, and the files that are in it.
  func archive(
    _ id: SupplyApplicationID, _ reveal: Set<Field>, withFiles: Bool, at moment: Timestamp
  ) async throws -> CertificateLook {
    guard let archivist = parts.archivist else { throw Self.noArchivist }
    let contents = try await archivist.contents(of: id, withFiles: withFiles, at: moment)
    let package = try await archivist.package(contents, revealing: reveal, now: moment)
    let response = HTTPServerResponse(
      status: 200,
      headers: [
        "Content-Type": "application/zip", "Cache-Control": "no-store",
        "Content-Disposition": "attachment; filename=supply-\(id).zip",
      ], body: .bytes(try ZIPArchive.write(package.files)))
    return CertificateLook(
      response: response, certificates: contents.certificateIDs, item: "supply-\(id)",
      revealed: contents.fileNames)
  }

  /// Files cannot be masked.
  func allowFiles(_ consumer: Consumer, _ purpose: Purpose) throws(APIProblem) {
    try requireReveal(consumer)
    guard !purpose.reveal.isEmpty else {
      throw APIProblem(
        .revealNotAllowed, "The purpose '\(purpose.name)' does not allow to see anything whole.")
    }
  }
}

/// How far an archive is, as the interface and the command line give it.
public enum ArchiveWriter {
  public static func writeMembers(
    _ standing: ArchiveStanding, of id: SupplyApplicationID, to writer: inout JSONWriter
  ) {
    writer.member("application", id.rawValue)
    writer.member("connected", standing.connection.connected.iso8601)
    writer.member("contracts", standing.connection.contracts)
    writer.member("noted", standing.connection.noted.iso8601)
    writer.member("due", standing.due?.iso8601)
    writer.member("archived", standing.archived?.iso8601)
  }
}
