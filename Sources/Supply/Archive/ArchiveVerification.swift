import Crypto
import Documents
import Journal

/// Whether a package is what was made and signed. Needs nothing but the package.
public struct ArchiveVerification: Sendable {
  public struct Finding: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
      /// The index names it, and it is not there.
      case missing
      /// It is not the one that the index names, or that was signed.
      case altered
      /// It is there, and the index does not name it.
      case extra
      /// Signed with another key than the one that must have signed.
      case otherKey = "other-key"
    }

    public let kind: Kind
    public let path: String
  }

  public private(set) var findings: [Finding] = []
  /// Of whoever signed the index; nil where that cannot be told.
  public private(set) var publicKey: String?
  public private(set) var number: String?
  public private(set) var made: String?
  public private(set) var files = 0
  /// What the archive lacked when it was made, by the words of its parts; it is whole for all that where nothing was found.
  public private(set) var missingParts: [String] = []
  public private(set) var isComplete = false

  public var holds: Bool { findings.isEmpty }

  /// - Parameters:
  ///   - paths: of all files that are there.
  ///   - key: that must have signed, in hexadecimal; nil: any.
  ///   - read: gives the bytes of one of them.
  public init(_ paths: [String], key: String? = nil, read: (String) throws -> [UInt8]) throws {
    let there = Set(paths)
    var known: Set<String> = [ArchivePackage.indexPath, ArchivePackage.signaturePath]
    if let index = try self.index(there, key: key, read: read) {
      for file in index["files"]?.elements.map({ $0 }) ?? [] {
        guard let path = file["path"]?.string, let sm3 = file["sm3"]?.string,
          let size = file["size"]?.integer, known.insert(path).inserted
        else {
          find(.altered, ArchivePackage.indexPath)
          continue
        }
        files += 1
        guard there.contains(path) else {
          find(.missing, path)
          continue
        }
        let bytes = try read(path)
        guard bytes.count == size, Hex.encode(Digest.sm3.hash(bytes)) == sm3,
          Self.isSound(bytes, kind: file["kind"]?.string)
        else {
          find(.altered, path)
          continue
        }
      }
    }
    for path in there.subtracting(known).sorted() { find(.extra, path) }
  }

  private mutating func find(_ kind: Finding.Kind, _ path: String) {
    findings.append(Finding(kind: kind, path: path))
  }

  private mutating func index(
    _ there: Set<String>, key: String?, read: (String) throws -> [UInt8]
  ) throws -> JSONValue? {
    let needed = [ArchivePackage.indexPath, ArchivePackage.signaturePath]
    for path in needed where !there.contains(path) { find(.missing, path) }
    guard there.contains(ArchivePackage.indexPath) else { return nil }
    let bytes = try read(ArchivePackage.indexPath)
    guard let index = (try? JSONDocument(parsing: bytes))?.root,
      index["format"]?.string == ArchivePackage.format,
      index["version"]?.integer == ArchivePackage.version, let complete = index["complete"]?.boolean,
      let missing = index["missing"], index["files"]?.isArray == true
    else {
      find(.altered, ArchivePackage.indexPath)
      return nil
    }
    number = index["number"]?.string
    made = index["made"]?.string
    missingParts = missing.elements.compactMap(\.string)
    isComplete = complete
    guard there.contains(ArchivePackage.signaturePath) else { return index }
    guard let signature = (try? JSONDocument(parsing: try read(ArchivePackage.signaturePath)))?.root,
      let signer = Self.signer(signature, of: bytes)
    else {
      find(.altered, ArchivePackage.indexPath)
      return index
    }
    publicKey = signer
    if let key, key.lowercased() != signer { find(.otherKey, ArchivePackage.signaturePath) }
    return index
  }

  /// The key that signed the bytes; nil where none did.
  private static func signer(_ signature: JSONValue, of bytes: [UInt8]) -> String? {
    guard let signer = signature["publicKey"]?.string, let value = signature["signature"]?.string,
      let key = try? SM2.PublicKey(bytes: try Hex.decode(signer)), let raw = try? Hex.decode(value),
      (try? key.isValid(encodedSignature: raw, for: bytes)) == true
    else { return nil }
    return signer.lowercased()
  }

  /// Verdicts and journal packages prove themselves beside the index.
  private static func isSound(_ bytes: [UInt8], kind: String?) -> Bool {
    switch kind {
    case "verdict":
      guard let verdict = (try? JSONDocument(parsing: bytes))?.root, let statement = verdict["statement"]
      else { return false }
      return signer(verdict, of: Array(statement.writtenBytes)) != nil
    case "journal-proof":
      var verifier = JournalPackageVerifier()
      for line in bytes.split(separator: 0x0A) where !verifier.take(Array(line)) { break }
      return (try? verifier.finish())?.finding == .some(nil)
    default: return true
    }
  }
}
