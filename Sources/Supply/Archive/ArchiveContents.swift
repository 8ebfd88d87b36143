import Authorisations
import Certificates
import CivilTime
import Documents
import Materials
public import Registry

/// Everything that belongs into the archive of an application, and what of it is not there.
public struct ArchiveContents: Sendable {
  /// A certificate that a verdict rests on, in the version that it saw, or the decision of a permit.
  struct Paper: Sendable {
    let id: CertificateID
    let record: CertificateRecord
    let version: Int
    let platform: String
    /// When this version came.
    let changed: Timestamp
    /// When a platform last confirmed it.
    let seen: Timestamp
    let evidence: StoredObservation
    let proof: Proof
    let isExchangeKept: Bool
  }

  enum Proof: Sendable {
    case derived(CertificateProof)
    /// Why it could not be derived again.
    case none(String)
  }

  struct Requirement: Sendable {
    let name: String
    let state: String
    let certificate: CertificateID?
    /// Of the certificate.
    let version: Int?
    let kind: CertificateKind?
    /// It is that of whoever owns the business that applies.
    let isRepresentatives: Bool
    /// Those that held when it was judged.
    let authorisations: [AuthorisationID]
    let material: Material?

    struct Material: Sendable {
      let code: String
      let sm3: String
      /// nil: it lies elsewhere.
      let kept: MaterialID?
    }

    var isDemanded: Bool { state != "not-required" }

    /// As ``RequirementVerdict/isMet``, of a verdict that was kept.
    var isMet: Bool {
      switch state {
      case "not-required", "certificate", "fetched", "pushed", "material", "earlier-material", "equivalent",
        "face", "baseless":
        true
      default: false
      }
    }
  }

  public let id: SupplyApplicationID
  let region: String
  /// Oldest first, at least one.
  let verdicts: [KeptVerdict]
  /// Of each step, by the latest verdict on it.
  let requirements: [Requirement]
  /// There is a verdict on each step.
  let isJudged: Bool
  /// What the forms tell of the line outside.
  let line: SupplyLine
  /// What was handed in with the application or before.
  let materials: [ArchivedCase.File]
  public let standing: ArchiveStanding?
  let certificates: [Paper]
  let cases: [ArchivedCase]
  public let missing: [ArchivePart]

  /// Everything was asked for, and is there.
  var isMet: Bool { isJudged && requirements.allSatisfy(\.isMet) }

  var latest: KeptVerdict { verdicts[verdicts.count - 1] }

  /// The utility's own number of the application.
  public var number: String { latest.number }

  /// The certificates in it, for the audit of whoever takes it.
  public var certificateIDs: [CertificateID] { certificates.map(\.id) }

  /// The files in it that were handed in, as the audit names them.
  public var fileNames: [String] {
    materials.filter { $0.bytes != nil }.map { "materials[\($0.code)]" }
      + cases.flatMap { one in
        one.files.filter { $0.bytes != nil }.map { "permits[\(one.number)].files[\($0.code)]" }
      }
  }

  /// What each step of an application asked for, by the latest verdict on it: a later step looks at its own papers alone.
  ///
  /// - Parameter holds: whether a verdict still rests on what people agreed to and handed in. What an earlier step was met by is none of the archive's
  ///   if not, and has to be judged anew.
  static func requirements(
    of verdicts: [KeptVerdict], holds: (KeptVerdict) async throws -> Bool
  ) async throws -> [Requirement] {
    guard let latest = verdicts.last else { return [] }
    var all = try requirements(of: latest)
    var steps: Set<String> = [try latest.step]
    for kept in verdicts.dropLast().reversed() where steps.insert(try kept.step).inserted {
      let isHeld = try await holds(kept)
      for one in try requirements(of: kept) where one.isDemanded {
        guard let place = all.firstIndex(where: { $0.name == one.name }), !all[place].isDemanded else {
          continue
        }
        all[place] =
          isHeld
          ? one
          : Requirement(
            name: one.name, state: "unchecked", certificate: nil, version: nil, kind: nil,
            isRepresentatives: false, authorisations: [], material: nil)
      }
    }
    return all
  }

  static func requirements(of kept: KeptVerdict) throws -> [Requirement] {
    let list = try kept.document.root["verdict"]?["requirements"]
    let authorisations = try kept.authorisations
    return try (list?.elements.map { $0 } ?? []).map { one in
      guard let name = one["requirement"]?.string, let state = one["state"]?.string else {
        throw SupplyError.unreadable("verdict \(kept.version) on application \(kept.application)")
      }
      // A certificate that was looked at and does not meet it is none of the archive's.
      let isMetByIt = ["certificate", "fetched", "pushed"].contains(state)
      return Requirement(
        name: name, state: state,
        certificate: isMetByIt
          ? one["evidence"]?["certificate"]?.string.flatMap { CertificateID(rawValue: $0) } : nil,
        version: isMetByIt ? one["evidence"]?["version"]?.integer : nil,
        kind: one["evidence"]?["kind"]?.string.flatMap { CertificateKind(rawValue: $0) },
        isRepresentatives: one["evidence"]?["basis"]?.string == SupplyMatch.Basis.representative.rawValue,
        authorisations: authorisations,
        material: one["evidence"].flatMap(Requirement.Material.init))
    }
  }
}

extension KeptVerdict {
  /// The step on which it is.
  var step: String {
    get throws { try document.root["verdict"]?["facts"]?["stage"]?.string ?? SupplyStep.none }
  }
}

extension ArchiveContents.Requirement.Material {
  fileprivate init?(_ evidence: JSONValue) {
    guard let code = evidence["material"]?.string, let sm3 = evidence["sm3"]?.string else { return nil }
    self.code = code
    self.sm3 = sm3
    kept = evidence["kept"]?.integer.map { MaterialID(rawValue: Int64($0)) }
  }
}
