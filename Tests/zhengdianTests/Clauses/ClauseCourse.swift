import Documents
import Testing

/// How an application goes, as lines that read like a table: the level, each requirement that is one, and what is asked for.
///
///     zero 零证办电 (XX-20 2)
///     subject: fetched business-licence from services (XX-20 2; NDRC-1479 (六))
///     property: missing not-found (XX-20 2), not property-deed: seized
///     ask property: property-deed
struct ClauseCourse {
  let application: Int
  let version: Int
  let lines: [String]
  /// By which clause what is not asked for is not.
  let notRequired: [String: String]
  /// The platforms' operations that were asked, and how they answered.
  let asked: Set<String>
  let text: String

  init(_ answer: JSONValue) throws {
    let statement = try #require(answer["statement"])
    let verdict = try #require(statement["verdict"])
    application = try #require(statement["application"]?.integer)
    version = try #require(statement["version"]?.integer)
    let requirements = (verdict["requirements"]?.elements.map { $0 } ?? [])
    var lines = [Self.level(verdict)]
    var notRequired: [String: String] = [:]
    for one in requirements {
      let name = one["requirement"]?.string ?? ""
      if one["state"]?.string == "not-required" {
        notRequired[name] = one["source"]?["clause"]?.string
      } else {
        lines.append("\(name): \(Self.standing(one))")
      }
    }
    for ask in verdict["asks"]?.elements.map({ $0 }) ?? [] { lines.append(Self.asking(ask)) }
    self.lines = lines
    self.notRequired = notRequired
    asked = Set(
      statement["asked"]?.elements.map {
        "\($0["platform"]?.string ?? "")/\($0["operation"]?.string ?? "") \($0["state"]?.string ?? "")"
      } ?? [])
    text = verdict["explanation"]?.elements.compactMap { $0["title"]?.string }.joined(separator: "\n") ?? ""
  }

  private static func level(_ verdict: JSONValue) -> String {
    var line = verdict["level"]?.string.map { "\($0) \(verdict["title"]?.string ?? "")" } ?? "no level"
    if let clause = verdict["clause"]?.string { line += " (\(clause))" }
    return verdict["final"]?.boolean == true ? line : line + ", not final"
  }

  private static func standing(_ one: JSONValue) -> String {
    var words = [one["state"]?.string ?? ""]
    let evidence = one["evidence"]
    words += [evidence?["kind"]?.string, evidence?["material"]?.string, evidence?["because"]?.string]
      .compactMap(\.self)
    if let platform = evidence?["platform"]?.string { words.append("from \(platform)") }
    words += evidence?["platforms"]?.elements.compactMap(\.string) ?? []
    if evidence?["because"] != nil, evidence?["certificate"]?.string != nil { words.append("with a record") }
    if one["state"]?.string == "deferred" {
      words.append("until \(one["deferrableUntil"]?.string ?? "")")
    }
    let clauses = [one["source"]?["clause"]?.string, one["reason"]?["clause"]?.string].compactMap(\.self)
    var line = "\(words.joined(separator: " ")) (\(clauses.joined(separator: "; ")))"
    for refused in one["refused"]?.elements.map({ $0 }) ?? [] {
      line += ", not \(refused["kind"]?.string ?? ""): \(refused["because"]?.string ?? "")"
    }
    return line
  }

  private static func asking(_ ask: JSONValue) -> String {
    let papers = ask["means"]?.elements.flatMap { $0["materials"]?.elements.compactMap(\.string) ?? [] } ?? []
    return "ask \(ask["requirement"]?.string ?? ""): \(papers.joined(separator: " or "))"
  }
}
