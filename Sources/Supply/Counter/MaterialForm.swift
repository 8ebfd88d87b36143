import Applications
import Certificates
import CivilTime
import Crypto
public import Documents
public import Materials
import Policies
public import Registry

/// A material as it is handed in.
///
///     {"code": "property-deed", "holder": {"type": "person", "name": "…", "code": "…"},
///      "number": "…", "issued": "2020-05-01", "validTo": "2040-05-01",
///      "place": {"address": "…", "unitNumber": "…", "projectCode": "…"},
///      "business": "new", "application": "GD-2026-0017",
///      "file": {"name": "deed.pdf", "mediaType": "application/pdf", "content": "BASE64"}}
///
/// Where files can be read, `"path"` may stand in place of `content`.
public struct MaterialForm: Sendable {
  /// Gives the bytes of a file that is named.
  public typealias Load = (_ path: String) throws -> [UInt8]

  private let code: String
  private let kind: CertificateKind?
  private let holder: PaperHolder
  private let number: String?
  private let issued: CivilDate?
  private let validTo: CivilDate?
  private let place: MaterialPlace
  private let business: String
  private var application: String?
  private let file: Attachment

  /// - Parameters:
  ///   - codes: by which the site's policies ask for papers.
  ///   - load: nil where no file can be named by its path.
  ///   - isForOne: which application it is for is said elsewhere.
  public init(
    _ value: JSONValue, codes: Set<String>, load: Load? = nil, isForOne: Bool = false
  ) throws(SupplyFormError) {
    let report = FormReader.Report()
    let form = FormReader(value, at: "", report)
    form.allow(
      names: ["code", "kind", "holder", "number", "issued", "validTo", "place", "business", "file"]
        + (isForOne ? [] : ["application"]))
    let code = form.parse("code", "a code by which the policies ask for a paper, such as property-deed") {
      codes.contains($0) ? $0 : nil
    }
    let kind = form.has("kind") ? form.word("kind", among: CertificateKind.self) : nil
    let holder = form.object("holder", isNeeded: true).flatMap { PaperHolder($0) }
    let number = form.whole("number")
    let (issued, validTo) = (form.date("issued"), form.date("validTo"))
    let place = form.object("place").map { form in
      form.allow("address", "unitNumber", "projectCode")
      return MaterialPlace(
        address: form.whole("address"), unitNumber: form.whole("unitNumber"),
        projectCode: form.whole("projectCode"))
    }
    let business = form.parse("business", "one of \(Self.businesses.joined(separator: ", "))") {
      Self.businesses.contains($0) ? $0 : nil
    }
    let application = form.applicationNumber("application")
    let file = form.object("file", isNeeded: true).flatMap { Self.file($0, load) }
    guard report.faults.isEmpty, let code, let holder, let business, let file else {
      throw SupplyFormError(faults: report.faults)
    }
    self.code = code
    // What policies call by the name of a kind is one.
    self.kind = kind ?? CertificateKind(rawValue: code)
    self.holder = holder
    self.number = number
    self.issued = issued
    self.validTo = validTo
    self.place = place ?? MaterialPlace()
    self.business = business
    self.application = application
    self.file = file
  }

  /// The same for an application, by the utility's number.
  public func `for`(_ application: String) -> MaterialForm {
    var form = self
    form.application = application
    return form
  }

  /// - Parameters:
  ///   - channel: the consumer through which it came.
  ///   - operator: who took it.
  public func material(through channel: String, by operator: String) -> NewMaterial {
    NewMaterial(
      code: code, kind: kind, holder: holder, number: number, issued: issued, validTo: validTo, place: place,
      business: business, application: application, channel: channel, operator: `operator`, file: file)
  }

  /// The words of the fact.
  public static let businesses: [String] = {
    if case .word(let words) = Fact.business.domain { words } else { [] }
  }()

  private static func file(_ form: FormReader, _ load: Load?) -> Attachment? {
    if load == nil {
      form.allow("name", "mediaType", "content", "sm3")
    } else {
      form.allow("name", "mediaType", "content", "path", "sm3")
    }
    let (name, type) = (form.text("name", isNeeded: true), form.text("mediaType", isNeeded: true))
    let bytes: [UInt8]?
    if let load, form.has("path") {
      bytes = form.parse("path", "the path of a file that can be read") { try? load($0) }
    } else {
      bytes = form.content("content")
    }
    let digest = form.has("sm3") ? form.digest("sm3") : nil
    guard let name, let type, let bytes else { return nil }
    let sm3 = Hex.encode(Digest.sm3.hash(bytes))
    if let digest, digest != sm3 {
      form.fault("sm3", "is not that of the file")
      return nil
    }
    return Attachment(name: name, mediaType: type, bytes: bytes, sm3: sm3)
  }
}

/// Whose papers or authorisations are looked for: by a code, or by a name where there is none.
///
///     {"type": "person", "code": "…"}
public struct HolderForm: Sendable {
  public let holder: PaperHolder
  /// The application within which somebody without a code is looked for.
  public let application: String?

  public init(_ value: JSONValue) throws(SupplyFormError) {
    let report = FormReader.Report()
    let form = FormReader(value, at: "", report)
    let holder = PaperHolder(form, besides: "application")
    let application = form.applicationNumber("application")
    guard report.faults.isEmpty, let holder else { throw SupplyFormError(faults: report.faults) }
    self.holder = holder
    self.application = application
  }
}

extension PaperHolder {
  init?(_ form: FormReader, besides others: String...) {
    form.allow(names: ["type", "name", "code"] + others)
    let type = form.word("type", among: SupplyForm.PartyType.self)
    let (name, code) = (form.whole("name"), form.whole("code"))
    guard let type else { return nil }
    guard name != nil || code != nil else {
      form.fault("code", "is needed, or a name")
      return nil
    }
    self.init(isPerson: type == .person, name: name, code: code)
  }
}
