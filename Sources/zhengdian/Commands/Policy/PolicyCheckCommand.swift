import Applications
import Documents
import Policies

/// `policy check`: mistakes in policies, and where their rules leave gaps or contradict each other.
enum PolicyCheckCommand {
  static let command = Command(
    "check", "Looks for mistakes, gaps and contradictions in policies.",
    details: """
      Writes a line for each, file:line:column: error: …; with --json an object {"severity", "file",
      "line", "column", "message", "suggestion"}. Each policy is looked at together with those it inherits, on
      the day given and on each later day on which a document or a rule begins or ends, for every combination of
      facts that its rules can tell apart. Where no day is given what it says of lines is also looked at since its
      first rule of them began to hold, for a case goes by the rules of a day of its own. Of papers it is looked at as well whether a document demands them, whether
      the customer is asked for what data sharing yields, and whether anything meets the demand (四免). What will be open on a later day is a warning, and so is a document
      whose term has ended and by which the site goes on.

      Exit code 1 when there is an error.
      """,
    options: [PolicyCommands.adapters, PolicyCommands.day]
  ) { invocation in
    try await OwnThread.run {
      let sources = try PolicyCommands.sources(invocation)
      let diagnostics = Diagnostics()
      let library = PolicyLibrary(sources, diagnostics)
      let check = PolicyCheck(
        library, from: PolicyCommands.day(invocation), withPast: invocation[PolicyCommands.day] == nil)
      for policy in library.policies {
        let file = sources.first { $0.name == policy.name }?.file ?? policy.name
        for finding in check.findings(of: policy) {
          diagnostics.report(
            Diagnostic(finding.isError ? .error : .warning, file: file, message: text(finding)))
        }
      }
      return DiagnosticReport.write(
        diagnostics.all, subject: DiagnosticReport.count(sources.count, "policy file"), invocation)
    }
  }

  private static func text(_ finding: PolicyFinding) -> String {
    let rules = finding.rules.map { "'\($0)'" }.joined(separator: " and ")
    let items = (finding.items.map(\.rawValue) + finding.requirements.map(\.rawValue))
      .joined(separator: ", ")
    let place = finding.list + (items.isEmpty ? "" : " of \(items)")
    let when = finding.day.map { " on \($0)" } ?? ""
    return switch finding.code {
    case .gap: "\(place): no rule says anything\(when)\(example(finding))"
    case .overlap: "\(place): \(rules) say different things\(when)\(example(finding))"
    case .circle: "\(place) wait for each other in a circle, by \(rules)\(when)\(example(finding))"
    case .neverInForce: "\(rules) holds on no day: its term and its document's have no day in common"
    case .noClock:
      "limits are given, and no policy above it has a 'clock' that says what starts and ends them"
    case .noBasis:
      "\(place): \(rules) demands what no document demands\(when)\(example(finding)); a setting is no basis (四免)"
    case .obtainable:
      "\(place): the customer is asked for what can be had by data sharing, by \(rules)\(when)\(example(finding)) (四免)"
    case .unobtainable:
      "\(place): \(rules) has it shared, and no rule under 'obtainable' says from where\(when)\(example(finding))"
    case .noProof: "\(place): nothing under 'proofs' meets what \(rules) demands\(when)\(example(finding))"
    case .continued:
      "the term of \(rules) has ended; the site goes on by it until a later document is entered"
    }
  }

  private static func example(_ finding: PolicyFinding) -> String {
    guard let example = finding.example else { return "" }
    var writer = JSONWriter()
    example.write(&writer)
    let text = String(decoding: writer.takeBytes(), as: UTF8.self)
    return text == "{}" ? "" : ", for example for \(text)"
  }
}
