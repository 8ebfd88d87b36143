public import Certificates
public import CivilTime
public import Compression
import Crypto
import Documents
import Exchanges
import Journal
import Registry

/// An archive as it is handed over: files, an index that has the digest of each, and the signature over the index.
public struct ArchivePackage: Sendable {
  public static let format = "zhengdian-supply-archive"
  public static let version = 1
  public static let indexPath = "index.json"
  public static let signaturePath = "index.signature.json"

  public let files: [ZIPEntry]
}

extension SupplyArchivist {
  /// Makes the package of what was found.
  ///
  /// - Parameter revealing: the fields of certificates that are shown whole; the others are masked.
  public func package(
    _ contents: ArchiveContents, revealing: Set<Field>, now: Timestamp
  ) async throws -> ArchivePackage {
    var draft = ArchiveDraft()
    for verdict in contents.verdicts {
      draft.add("verdicts/\(verdict.version).json", "verdict", verdict.signed)
    }
    for paper in contents.certificates {
      draft.add("certificates/\(paper.id).json", "certificate", paper.written(revealing))
      draft.add("proofs/\(paper.id).json", "certificate-proof", paper.writtenProof)
    }
    for exchange in Set(contents.certificates.filter(\.isExchangeKept).map(\.evidence.exchange)).sorted(by: {
      $0.rawValue < $1.rawValue
    }) {
      draft.add("exchanges/\(exchange).jsonl", "journal-proof", try await lines(of: exchange))
    }
    for found in contents.cases {
      draft.add("permits/\(found.number).json", "permit-case", found.document)
      for file in found.files { draft.add(file, "attachment", in: "permits/\(found.number)") }
    }
    for file in contents.materials { draft.add(file, "material", in: "materials") }
    draft.add("cover.html", "cover", try ArchiveCover(contents, draft, now: now).html)
    let index = draft.index(contents, now: now)
    let (publicKey, signature) = try await desk.journal.sign(index, now: now)
    var writer = JSONWriter(layout: .pretty(indent: 2))
    writer.object { writer in
      writer.member("signed", ArchivePackage.indexPath)
      writer.member("publicKey", Hex.encode(publicKey))
      writer.member("signature", Hex.encode(signature))
    }
    return ArchivePackage(
      files: draft.files.map { ZIPEntry(path: $0.path, bytes: $0.bytes) } + [
        ZIPEntry(path: ArchivePackage.indexPath, bytes: index),
        ZIPEntry(path: ArchivePackage.signaturePath, bytes: writer.takeBytes()),
      ])
  }

  /// As 'exchange export' gives it. What was said is ciphertext: it is of others too.
  private func lines(of exchange: ExchangeID) async throws -> [UInt8] {
    let lines = ArchiveLines()
    _ = try await desk.journal.export([exchange], opening: false) { lines.add($0) }
    return lines.bytes
  }
}

/// The files of a package as they come together.
struct ArchiveDraft {
  struct File {
    let path: String
    /// What it is.
    let kind: String
    let bytes: [UInt8]
    let sm3: String
  }

  /// What belongs to the archive and is kept elsewhere.
  struct Elsewhere {
    let kind: String
    let code: String
    let sm3: String

    init(_ kind: String, _ code: String, _ sm3: String) {
      self.kind = kind
      self.code = code
      self.sm3 = sm3
    }
  }

  private(set) var files: [File] = []
  var elsewhere: [Elsewhere] = []

  mutating func add(_ path: String, _ kind: String, _ bytes: [UInt8]) {
    // The same file may have been brought for two attempts.
    guard !files.contains(where: { $0.path == path }) else { return }
    files.append(
      File(path: path, kind: kind, bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes))))
  }

  /// By its code and digest: a name that somebody gave to a file may tell of anybody.
  mutating func add(_ file: ArchivedCase.File, _ kind: String, in folder: String) {
    guard let bytes = file.bytes else {
      return elsewhere.append(Elsewhere(kind, file.code, file.sm3))
    }
    add("\(folder)/\(file.code)-\(file.sm3.prefix(16))", kind, bytes)
  }

  func index(_ contents: ArchiveContents, now: Timestamp) -> [UInt8] {
    var writer = JSONWriter(layout: .pretty(indent: 2))
    writer.object { writer in
      writer.member("format", ArchivePackage.format)
      writer.member("version", ArchivePackage.version)
      writer.member("application", contents.id.rawValue)
      writer.member("number", contents.number)
      writer.member("region", contents.region)
      writer.member("made", now.iso8601)
      writer.member("connected", contents.standing?.connection.connected.iso8601)
      writer.member("contracts", contents.standing?.connection.contracts ?? [])
      writer.member("due", contents.standing?.due?.iso8601)
      writer.member("verdict", contents.latest.version)
      writer.member("complete", contents.missing.isEmpty)
      writer.member("missing", contents.missing.map(\.word))
      writer.member("files") { writer in
        writer.array { writer in
          for file in files {
            writer.object {
              $0.member("path", file.path)
              $0.member("kind", file.kind)
              $0.member("size", file.bytes.count)
              $0.member("sm3", file.sm3)
            }
          }
        }
      }
      writer.member("elsewhere") { writer in
        writer.array { writer in
          for one in elsewhere {
            writer.object {
              $0.member("kind", one.kind)
              $0.member("code", one.code)
              $0.member("sm3", one.sm3)
            }
          }
        }
      }
    }
    return writer.takeBytes()
  }
}

extension ArchiveContents.Paper {
  /// As 'certificate export' gives it, with its evidence.
  fileprivate func written(_ revealing: Set<Field>) -> [UInt8] {
    let masked = record.masked(revealing: revealing)
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("id", id.rawValue)
      writer.member("version", version)
      writer.member("platform", platform)
      writer.member("changed", changed.iso8601)
      writer.member("seen", seen.iso8601)
      writer.member("record") { masked.record.write(to: &$0) }
      writer.member("hidden", masked.hiddenPaths)
      writer.member("evidence") { writer in
        writer.object { writer in
          writer.member("exchange", evidence.exchange.rawValue)
          writer.member("locator", evidence.locator.path)
          writer.member("received", evidence.received.iso8601)
        }
      }
    }
    return writer.takeBytes()
  }

  /// As 'certificate prove' gives it; `holds` is null where nothing could be derived.
  fileprivate var writtenProof: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("id", id.rawValue)
      switch proof {
      case .none(let why):
        writer.member("holds", Bool?.none)
        writer.member("notes", [why])
      case .derived(let proof):
        writer.member("holds", proof.holds)
        writer.member("fields") { writer in
          writer.array { writer in
            for field in proof.fields {
              writer.object {
                $0.member("path", field.path)
                $0.member("verdict", field.verdict.rawValue)
                $0.memberIfPresent("origin", field.origin)
              }
            }
          }
        }
        writer.member("notes", proof.notes)
      }
    }
    return writer.takeBytes()
  }
}
