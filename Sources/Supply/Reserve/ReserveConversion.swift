public import Documents

/// What is said of an application beyond what its project tells: any members of a ``SupplyForm``, which count before what the
/// project says. Of `facts` and `place` single members may be given.
public struct ReserveConversion: Sendable {
  private let given: JSONValue?

  /// Nothing beyond it.
  public static let plain = ReserveConversion()

  private init() { given = nil }

  /// - Throws: `SupplyFormError` where it is no object; what is wrong with the members shows when the form is read.
  public init(_ given: JSONValue) throws(SupplyFormError) {
    guard given.isObject else {
      throw SupplyFormError(faults: [SupplyFormError.Fault(pointer: "", message: "must be an object")])
    }
    self.given = given
  }

  /// What the application's number is where none is given.
  static func number(_ project: ReserveProject) -> String { "RESERVE-\(project.id)" }

  /// The form as it would have been sent.
  func form(of project: ReserveProject, _ content: ReserveContent) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 1024)
    writer.object { writer in
      either("number", &writer) { $0.string(Self.number(project)) }
      either("region", &writer) { $0.string(project.region) }
      writer.member("facts") { writer in
        Self.merge(given?["facts"], &writer) { writer, has in
          // Whoever has only a code has no electricity yet.
          if !has("business") { writer.member("business", "new") }
          if !has("stage") { writer.member("stage", "application") }
          if !has("capacity") { writer.memberIfPresent("capacity", project.capacity) }
        }
      }
      if let applicant = given?["applicant"] {
        writer.member("applicant", applicant)
      } else if let owner = content.owners.first {
        writer.member("applicant") { Self.write(owner, content.representative, &$0) }
      }
      writer.member("place") { writer in
        Self.merge(given?["place"], &writer) { writer, has in
          if !has("address") { writer.memberIfPresent("address", content.place) }
          if !has("projectCode") { writer.member("projectCode", project.code) }
        }
      }
      let written: Set<String> = ["number", "region", "facts", "applicant", "place"]
      for member in given.map({ Array($0.members) }) ?? [] where !written.contains(member.key) {
        writer.member(member.key, member.value)
      }
    }
    return writer.takeBytes()
  }

  private func either(_ name: String, _ writer: inout JSONWriter, otherwise: (inout JSONWriter) -> Void) {
    if let value = given?[name] {
      writer.member(name, value)
    } else {
      writer.member(name) { otherwise(&$0) }
    }
  }

  /// Writes the members that are given, and before them those that `filling` has for what is not. What is no object is written as it is, to be refused.
  private static func merge(
    _ given: JSONValue?, _ writer: inout JSONWriter,
    filling: (inout JSONWriter, (String) -> Bool) -> Void
  ) {
    if let given, !given.isObject { return writer.value(given) }
    writer.object { writer in
      filling(&writer) { given?[$0] != nil }
      for member in given.map({ Array($0.members) }) ?? [] { writer.member(member.key, member.value) }
    }
  }

  private static func write(
    _ owner: ReserveContent.Owner, _ representative: String?, _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("type", owner.isPerson ? "person" : "organisation")
      writer.member("name", owner.name)
      writer.memberIfPresent("code", owner.code)
      if !owner.isPerson, let representative {
        writer.member("representative") { writer in writer.object { $0.member("name", representative) } }
      }
    }
  }
}
