import Authorisations
import Certificates
public import CivilTime
public import Documents
import Materials
import Policies

/// Why a form cannot be read: each place that has to change, as a JSON pointer (RFC 6901).
public struct SupplyFormError: Error, Sendable, CustomStringConvertible {
  public struct Fault: Hashable, Sendable {
    public let pointer: String
    /// Never a value that was given.
    public let message: String
  }

  public let faults: [Fault]

  public var description: String {
    faults.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" }.joined(separator: "; ")
  }
}

/// An application as it is handed in, with the utility's own number. Everything that is wrong with it is said at once.
///
///     {"number": "GD-2026-0017", "region": "411523", "day": "2026-11-26",
///      "facts": {"voltage": 0.4, "capacity": 100, "customer": "small-micro", "business": "new",
///                "stage": "application", "special-trade": false},
///      "applicant": {"type": "organisation", "name": "…", "code": "…"},
///      "place": {"address": "…"}}
public struct SupplyForm: Sendable {
  public let number: String
  /// How the customer applied, and when, where the form says it.
  public let channel: SupplyChannel?
  public let applied: Timestamp?
  /// As the form says it by itself: nothing of it is what the utility keeps.
  public internal(set) var supply: SupplyCase
  /// Whether it names the day by whose rules it goes.
  let hasDay: Bool
  /// What the applicant agrees to, or has agreed to before.
  let consent: Consent?
  /// Materials that are kept, and are about this application.
  let namedMaterials: [MaterialID]
  /// As it was handed in.
  public let bytes: [UInt8]

  enum Consent: Sendable {
    case kept(AuthorisationID)
    case given(SupplyAuthorisation, reference: String?)
  }

  public static let longestText = 200
  public static let mostMaterials = 100

  /// - Parameter today: the day by whose rules it goes when the form names none.
  public init(_ value: JSONValue, today: CivilDate) throws(SupplyFormError) {
    let report = FormReader.Report()
    let form = FormReader(value, at: "", report)
    form.allow(
      "number", "region", "day", "channel", "applied", "facts", "applicant", "place", "designer",
      "contractor", "materials", "authorisation")
    let number = form.parse(
      "number", "a line of 1 to 64 letters, digits, '-', '_' or '.', and nobody's number"
    ) {
      Self.isNumber($0) && !Identifier.holdsCitizenNumber($0) ? $0 : nil
    }
    let region = form.parse("region", "an area code of six digits, such as 411523") { text in
      text.utf8.count == 6 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
    }
    let day = form.date("day")
    let channel = form.has("channel") ? form.word("channel", among: SupplyChannel.self) : nil
    let applied = form.moment("applied")
    let facts = Self.facts(value["facts"], report)
    let applicant = form.object("applicant", isNeeded: true).flatMap(Self.party)
    let place = form.object("place", isNeeded: true).flatMap(Self.place)
    let designer = form.object("designer").flatMap(Self.party)
    let contractor = form.object("contractor").flatMap(Self.party)
    let materials = form.objects("materials", most: Self.mostMaterials).compactMap(Self.material)
    consent = form.object("authorisation").flatMap(Self.consent)
    guard report.faults.isEmpty, let number, let region, let facts, let applicant, let place else {
      throw SupplyFormError(faults: report.faults)
    }
    self.number = number
    self.channel = channel
    self.applied = applied
    hasDay = day != nil
    bytes = Array(value.writtenBytes)
    var (named, given): ([SupplyMaterial], [SupplyAuthorisation]) = ([], [])
    for case .named(let material) in materials { named.append(material) }
    if case .given(let authorisation, _)? = consent { given.append(authorisation) }
    namedMaterials = materials.compactMap { if case .kept(let id) = $0 { id } else { nil } }
    supply = SupplyCase(
      region: region, day: day ?? today, facts: facts, applicant: applicant, place: place,
      designer: designer, contractor: contractor, materials: named, authorisations: given)
  }

  static func isNumber(_ text: String) -> Bool {
    1...64 ~= text.utf8.count
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
  }

  private static func facts(_ value: JSONValue?, _ report: FormReader.Report) -> Facts? {
    guard let value else {
      report.add("/facts", "is needed: what the policy asks about")
      return nil
    }
    do throws(Facts.Unreadable) {
      let facts = try Facts(decoding: value)
      if facts[.applicant] != nil { report.add("/facts", "applicant follows from who applies") }
      return facts
    } catch {
      for problem in error.problems { report.add("/facts", problem) }
      return nil
    }
  }

  enum PartyType: String, CaseIterable { case person, organisation }

  private static func party(_ form: FormReader) -> SupplyParty? {
    form.allow("type", "name", "code", "formerNames", "representative")
    let type = form.word("type", among: PartyType.self)
    let name = form.whole("name", isNeeded: true)
    let code = form.whole("code")
    let formerNames = form.texts("formerNames", most: 20)
    let representative = form.object("representative").flatMap { form -> SupplyParty.Representative? in
      form.allow("name", "code")
      let code = form.whole("code")
      return form.whole("name", isNeeded: true).map { SupplyParty.Representative(name: $0, code: code) }
    }
    guard let type, let name else { return nil }
    return SupplyParty(
      isPerson: type == .person, name: name, code: code, formerNames: formerNames,
      representative: representative)
  }

  private static func place(_ form: FormReader) -> SupplyPlace? {
    form.allow("address", "unitNumber", "deedNumber", "projectCode")
    let address = form.whole("address", isNeeded: true)
    let (unit, deed, project) = (
      form.whole("unitNumber"), form.whole("deedNumber"), form.whole("projectCode")
    )
    return address.map {
      SupplyPlace(address: $0, unitNumber: unit, deedNumber: deed, projectCode: project)
    }
  }

  private enum NamedMaterial {
    case kept(MaterialID)
    /// It lies elsewhere.
    case named(SupplyMaterial)
  }

  private static func material(_ form: FormReader) -> NamedMaterial? {
    if form.has("id") {
      form.allow("id")
      return form.integer("id", "the number of a material that was handed in").map {
        .kept(MaterialID(rawValue: $0))
      }
    }
    form.allow("id", "code", "sm3", "validTo")
    let code = form.parse("code", "the code by which the policy asks for it") { text in
      text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D || (0x30...0x39).contains($0) }
        ? text : nil
    }
    let sm3 = form.digest("sm3")
    let validTo = form.date("validTo")
    guard let code, let sm3 else { return nil }
    return .named(SupplyMaterial(code: code, validTo: validTo, sm3: sm3))
  }

  private static func consent(_ form: FormReader) -> Consent? {
    if form.has("id") {
      form.allow("id")
      return form.integer("id", "the number of an authorisation that is kept").map {
        .kept(AuthorisationID(rawValue: $0))
      }
    }
    form.allow("id", "means", "given", "until", "scope", "person", "reference")
    let means = form.word("means", among: SupplyAuthorisation.Means.self)
    let given = form.moment("given", isNeeded: true)
    let until = form.moment("until")
    let scope = form.has("scope") ? form.words("scope", among: CertificateKind.self) : nil
    let person = form.whole("person")
    let reference = form.text("reference")
    guard let means, let given else { return nil }
    return .given(
      SupplyAuthorisation(
        means: means, given: given, until: until, scope: scope.map { Set($0) }, person: person),
      reference: reference)
  }
}
