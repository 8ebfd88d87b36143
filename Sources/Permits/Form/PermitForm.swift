import Applications
public import CivilTime
import Crypto
public import Documents
import Policies

/// Why a form cannot be read: each place that has to change, as a JSON pointer (RFC 6901).
public struct PermitFormError: Error, Sendable, CustomStringConvertible {
  public struct Fault: Hashable, Sendable {
    public let pointer: String
    public let message: String
  }

  public let faults: [Fault]

  public var description: String {
    faults.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" }.joined(separator: "; ")
  }
}

/// Reads what cases are opened and supplemented with. Everything that is wrong is said at once.
///
/// With `"project": CODE` the registry's project stands for what the application leaves out.
///
///     {"number": "GD-2026-0017", "region": "330100", "day": "2026-08-03",
///      "facts": {"voltage": 10, "length": 180, "digs-road": true},
///      "application": {"kind": "permit-application", …},
///      "materials": [{"code": "route-drawing", "name": "route.pdf", "mediaType": "application/pdf",
///                     "content": "BASE64"}]}
///
/// Where files can be read, `"file": "PATH"` may stand in place of `content`.
public struct PermitForm {
  /// Gives the bytes of a file that is named; nil where none can be.
  public typealias Load = (_ path: String) throws -> [UInt8]

  private var faults: [PermitFormError.Fault] = []
  private let load: Load?

  private init(load: Load?) { self.load = load }

  /// The project that the form names; nil where it names none.
  public static func project(_ value: JSONValue) throws(PermitFormError) -> String? {
    guard value["project"] != nil else { return nil }
    var form = PermitForm(load: nil)
    guard let code = form.text(value, "project", at: "") else { throw PermitFormError(faults: form.faults) }
    return code
  }

  /// - Parameters:
  ///   - project: the one that the form names.
  ///   - today: the day by whose rules it goes when the form names none.
  public static func request(
    _ value: JSONValue, project: PermitProject?, today: CivilDate, requestID: String, load: Load? = nil
  ) throws(PermitFormError) -> PermitRequest {
    var form = PermitForm(load: load)
    form.requireKnown(
      value, ["number", "project", "region", "day", "facts", "application", "materials"], at: "")
    let number = form.text(value, "number", at: "")
    let region =
      value["region"] == nil && project?.region != nil ? project?.region : form.text(value, "region", at: "")
    var day = today
    if let written = value["day"] {
      if let read = written.string.flatMap({ CivilDate(iso: $0) }) {
        day = read
      } else {
        form.fault("/day", "must be a date such as 2026-08-03")
      }
    }
    var facts = Facts()
    if let written = value["facts"] {
      do throws(Facts.Unreadable) {
        facts = try Facts(decoding: written)
      } catch {
        for problem in error.problems { form.fault("/facts", problem) }
      }
    }
    var application: ApplicationRecord?
    if let written = value["application"], written.isObject {
      do {
        application = try ApplicationRecord(
          decoding: written, fallbacks: Self.fallbacks(project, number: number, region: region))
      } catch {
        form.fault("/application", "\(error)")
      }
    } else {
      form.fault("/application", "is needed: what all items are made from, as an object")
    }
    let materials = form.materials(value)
    guard form.faults.isEmpty, let number, let region, let application else {
      throw PermitFormError(faults: form.faults)
    }
    return PermitRequest(
      number: number, region: region, day: day, facts: facts, application: application, materials: materials,
      requestID: requestID)
  }

  /// What an application need not say: the case says it, or the project.
  private static func fallbacks(
    _ project: PermitProject?, number: String?, region: String?
  ) -> ApplicationValues {
    var values = project?.values ?? ApplicationValues()
    values["applicationNumber"] = number.map { .text($0) }
    if values["areaCode"] == nil { values["areaCode"] = region.map { .text($0) } }
    // Each item has its own.
    values["itemCode"] = .text(PermitItem.routePlanning.rawValue)
    values["promise"] = .flag(false)
    return values
  }

  /// The files of `materials`, at least one.
  public static func materials(_ value: JSONValue, load: Load? = nil) throws(PermitFormError)
    -> [PermitMaterial]
  {
    var form = PermitForm(load: load)
    let materials = form.materials(value)
    if materials.isEmpty, form.faults.isEmpty {
      form.fault("/materials", "is needed: the files that were asked for")
    }
    guard form.faults.isEmpty else { throw PermitFormError(faults: form.faults) }
    return materials
  }

  private mutating func materials(_ value: JSONValue) -> [PermitMaterial] {
    guard let list = value["materials"] else { return [] }
    guard list.isArray, list.count <= 100 else {
      fault("/materials", "must be a list of at most 100 files")
      return []
    }
    var materials: [PermitMaterial] = []
    for (index, entry) in list.elements.enumerated() {
      let place = "/materials/\(index)"
      guard entry.isObject else {
        fault(place, "must be an object")
        continue
      }
      if let material = material(entry, at: place) { materials.append(material) }
    }
    return materials
  }

  private mutating func material(_ value: JSONValue, at place: String) -> PermitMaterial? {
    requireKnown(value, ["code", "name", "mediaType", "content", "file", "sm3"], at: place)
    let code = text(value, "code", at: place)
    let path = value["file"]?.string
    let name = value["name"] == nil && path != nil ? path.map(Self.lastName) : text(value, "name", at: place)
    let type = text(value, "mediaType", at: place)
    guard let bytes = bytes(value, path, at: place), let code, let name, let type else { return nil }
    let sm3 = Hex.encode(Digest.sm3.hash(bytes))
    if let stated = value["sm3"], stated.string?.lowercased() != sm3 {
      fault(place + "/sm3", "is not the SM3 digest of the content")
    }
    return PermitMaterial(
      code: code, attachment: Attachment(name: name, mediaType: type, bytes: bytes, sm3: sm3))
  }

  private mutating func bytes(_ value: JSONValue, _ path: String?, at place: String) -> [UInt8]? {
    var bytes: [UInt8]?
    if let path {
      guard let load, value["content"] == nil else {
        fault(
          place + "/file",
          load == nil ? "cannot be read from here; send 'content'" : "stands in place of 'content'")
        return nil
      }
      do { bytes = try load(path) } catch { fault(place + "/file", "\(error)") }
    } else if let content = value["content"]?.string {
      do { bytes = try Base64.decode(content) } catch { fault(place + "/content", "must be Base64") }
    } else {
      fault(place + "/content", "is needed: the file in Base64")
    }
    if bytes?.isEmpty == true {
      fault(place, "the file is empty")
      return nil
    }
    return bytes
  }

  private mutating func text(_ value: JSONValue, _ name: String, at place: String) -> String? {
    guard let text = value[name]?.string, 1...200 ~= text.count else {
      fault("\(place)/\(name)", "is needed: a text of 1 to 200 characters")
      return nil
    }
    return text
  }

  private mutating func requireKnown(_ value: JSONValue, _ names: [String], at place: String) {
    for member in value.members where !names.contains(member.key) {
      let nearest = Suggestion.nearest(to: member.key, in: names).map { "; did you mean '\($0)'?" } ?? ""
      fault(place, "a member is not known here\(nearest)")
    }
  }

  private mutating func fault(_ pointer: String, _ message: String) {
    faults.append(PermitFormError.Fault(pointer: pointer, message: message))
  }

  private static func lastName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
