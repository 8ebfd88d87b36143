public import CivilTime
import Crypto
public import Documents
public import Registry

/// The number under which an application is kept. Says nothing of anybody.
public struct SupplyApplicationID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }

  public var description: String { "\(rawValue)" }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A verdict as it is kept: what it says, by whom it was signed, and when.
public struct KeptVerdict: Sendable {
  public let application: SupplyApplicationID
  /// The utility's own number of the application.
  public let number: String
  /// From 1.
  public let version: Int
  public let created: Timestamp
  /// The bytes that were signed.
  public let statement: [UInt8]
  public let publicKey: [UInt8]
  public let signature: [UInt8]

  /// What was signed: application, version, time and verdict.
  public var document: JSONDocument {
    get throws { try JSONDocument(parsing: statement) }
  }

  /// `{"statement", "publicKey", "signature"}`: the signature is over the bytes of the statement as they stand there.
  public var signed: [UInt8] {
    var writer = JSONWriter()
    writer.string(Hex.encode(publicKey))
    let key = writer.takeBytes()
    writer = JSONWriter()
    writer.string(Hex.encode(signature))
    return Array(#"{"statement":"#.utf8) + statement + Array(#","publicKey":"#.utf8) + key
      + Array(#","signature":"#.utf8) + writer.takeBytes() + [UInt8(ascii: "}")]
  }

  /// The certificates that stand in it, for the audit of whoever reads it.
  public var certificates: [CertificateID] {
    get throws {
      let requirements = try document.root["verdict"]?["requirements"]
      let words =
        requirements?.elements.flatMap { one in
          [one["evidence"]?["certificate"]?.string]
            + (one["refused"]?.elements.map { $0["certificate"]?.string } ?? [])
        } ?? []
      return Set(words.compactMap { $0.flatMap { CertificateID(rawValue: $0) } })
        .sorted { $0.rawValue < $1.rawValue }
    }
  }
}
