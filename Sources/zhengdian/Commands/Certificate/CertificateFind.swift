import Access
import Certificates
import CivilTime
import Documents
import Gateway
import GatewayAPI
import Registry
import Sync

/// `certificate find`: certificates by somebody's code or a number.
enum CertificateFind {
  /// As the interface takes it.
  private static let longestText = 200
  private static let dash = "- reads it from standard input."
  static let holderCode = CommandOption<String>.text(
    "holder-code", "CODE", "Citizen number or social credit code of a holder; \(dash)")
  static let number = CommandOption<String>.text(
    "number", "NUMBER", "The number printed on the certificate; \(dash)")
  static let identifier = CommandOption<String>.text("identifier", "TEXT", "电子证照标识; \(dash)")
  static let unitNumber = CommandOption<String>.text("unit-number", "NUMBER", "不动产单元号; \(dash)")
  static let projectCode = CommandOption<String>.text("project-code", "CODE", "投资项目代码; \(dash)")
  static let kind = CommandOption<CertificateKind>.choice("kind", "Only these kinds.", isRepeated: true)
  static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...1000, "At most so many; 50 if not given.")

  private static let keys: [(option: CommandOption<String>, domain: LookupDomain)] = [
    (holderCode, .holderCode), (number, .number), (identifier, .identifier), (unitNumber, .unitNumber),
    (projectCode, .projectCode),
  ]

  static let command = Command(
    "find", "Certificates by a code or number.",
    details: """
      With several of them, certificates that have all. A value given as - is read from standard
      input, a line each in the order in which the options stand below, so that nobody's number
      comes to lie in the history of the shell:

        zhengdian certificate find --holder-code -
      """,
    options: keys.map(\.option) + [kind, limit, Look.reveal, Look.purpose, Look.operator]
  ) { invocation in
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    let keys = try await Self.keys(invocation)
    let limit = invocation[limit] ?? 50
    return try await SiteStore.use(configuration, invocation.environment) { site in
      var found = try await site.registry.certificates(
        matching: keys, kinds: Set(invocation.arguments.all(kind)), limit: limit + 1)
      let hasMore = found.count > limit
      if hasMore { found.removeLast() }
      try await look.record(.search, certificates: found.map(\.id), keys: keys, in: site.audit)
      show(found, hasMore, try await site.incidents.staleness(site.registry), look, invocation)
      return found.isEmpty ? .failure : .done
    }
  }

  private static func keys(_ invocation: Invocation) async throws -> [LookupKey] {
    let given = keys.compactMap { key in invocation[key.option].map { (key.option, key.domain, $0) } }
    guard !given.isEmpty else {
      throw UsageError(
        "one of \(keys.map { "--\($0.option.definition.name)" }.joined(separator: ", ")) is needed")
    }
    var typed = try await TypedValues.read(count: given.count { $0.2 == "-" }, invocation.input)[...]
    return try given.map { option, domain, value in
      let text = value == "-" ? typed.removeFirst() : value
      guard text.unicodeScalars.count <= longestText else {
        throw UsageError(
          "--\(option.definition.name) has more than \(longestText) characters; no number is so long")
      }
      if text.contains("*") || text.contains("＊") {
        throw UsageError("--\(option.definition.name) is masked; the whole text is needed")
      }
      let key = LookupKey(domain, text)
      guard !key.text.isEmpty else {
        throw UsageError("--\(option.definition.name) holds nothing to look for")
      }
      return key
    }
  }

  private static func show(
    _ found: [Certificate], _ hasMore: Bool, _ staleness: Staleness, _ look: Look, _ invocation: Invocation
  ) {
    let today = Timestamp.now().civil(offsetSeconds: UTCOffset.china).date
    if invocation.wantsJSON {
      var lines = JSONLines(invocation.output)
      for certificate in found {
        lines.object {
          CertificateWriter.write(
            certificate, staleSince: staleness.since(of: certificate), revealing: look.revealing, on: today,
            to: &$0)
        }
      }
      lines.flush()
    } else if !found.isEmpty {
      CertificateText.table(of: found, staleness, revealing: look.revealing, on: today)
        .write(to: invocation.output)
    }
    if found.isEmpty { invocation.errors.line("nothing was found") }
    if hasMore { invocation.errors.line("there are more; --limit shows them") }
  }
}
