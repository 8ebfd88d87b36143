import Applications
import Calendars
import CivilTime
import Documents
import Policies

/// The answer of `policy explain`, for people and for machines.
struct PolicyAnswer {
  let policy: Policy
  let day: CivilDate
  let decisions: [PermitDecision]
  /// By step.
  let process: [String: Resolution<ProcessLimit>]

  /// Whether all that matters was known and said by a rule.
  var isDecided: Bool {
    decisions.allSatisfy { decision in
      guard let need = decision.need.ruling?.rule.outcome else { return false }
      guard need == .needed else { return true }
      guard let way = decision.way?.ruling?.rule.outcome, decision.missing.isEmpty else { return false }
      return !way.isDecided || decision.limit?.ruling != nil
    }
  }

  func write(to output: Output) {
    output.line("\(output.paint(TerminalText.safe(policy.title), .bold)) (\(policy.name)), \(day)")
    var table = TextTable("item", "way", "limit", "files", "by")
    for decision in decisions {
      table.row(
        decision.item.rawValue, way(decision), limit(decision),
        decision.materials.map(\.code).joined(separator: " "), clauses(decision).joined(separator: "; "))
    }
    table.write(to: output)
    for decision in decisions where !decision.after.isEmpty {
      let others = decision.after.map(\.rawValue).sorted().joined(separator: ", ")
      output.line("\(decision.item.rawValue): only after \(others)")
    }
    var steps = TextTable("step", "limit", "from", "to", "by")
    for (step, resolution) in process.sorted(by: { $0.key < $1.key }) {
      switch resolution {
      case .decided(let ruling):
        let rule = ruling.rule.outcome.rule
        steps.row(
          step, rule.limit.englishTitle, rule.starts.sorted().joined(separator: " "),
          rule.ends.sorted().joined(separator: " "), text(ruling))
      case .undecided(let facts): steps.row(step, unknown(facts))
      case .silent: break
      }
    }
    output.line("")
    steps.write(to: output)
  }

  func write(_ writer: inout JSONWriter) {
    writer.member("policy", policy.name)
    writer.member("region", policy.region)
    writer.member("day", day.description)
    writer.member("items") { writer in
      writer.array { writer in
        for decision in decisions { writer.object { write(decision, &$0) } }
      }
    }
    writer.member("process") { writer in
      writer.array { writer in
        for (step, resolution) in process.sorted(by: { $0.key < $1.key }) where resolution != .silent {
          writer.object { writer in
            writer.member("step", step)
            write(resolution, &writer) { $0.member("limit", $1.rule.limit.englishTitle) }
          }
        }
      }
    }
  }

  private func write(_ decision: PermitDecision, _ writer: inout JSONWriter) {
    writer.member("item", decision.item.rawValue)
    writer.member("need") { writer in
      writer.object { write(decision.need, &$0) { $0.member("value", $1.rawValue) } }
    }
    if let way = decision.way {
      writer.member("way") { writer in
        writer.object { write(way, &$0) { $0.member("value", $1.rawValue) } }
      }
    }
    if let limit = decision.limit {
      writer.member("limit") { writer in
        writer.object { write(limit, &$0) { $0.member("value", $1.limit?.englishTitle) } }
      }
    }
    writer.member("materials") { writer in
      writer.array { writer in
        for material in decision.materials {
          writer.object { writer in
            writer.member("code", material.code)
            writer.member("clause", material.clause.description)
          }
        }
      }
    }
    writer.member("after") { writer in
      writer.array { for item in decision.after.map(\.rawValue).sorted() { $0.string(item) } }
    }
  }

  private func write<Outcome>(
    _ resolution: Resolution<Outcome>, _ writer: inout JSONWriter,
    _ body: (inout JSONWriter, Outcome) -> Void
  ) {
    switch resolution {
    case .decided(let ruling):
      body(&writer, ruling.rule.outcome)
      writer.member("rule", ruling.rule.id)
      writer.member("policy", ruling.policy)
      writer.member("clause", ruling.rule.clause.description)
      writer.member("document", ruling.document.title)
      writer.memberIfPresent("number", ruling.document.number)
      writer.member("assumed", ruling.document.isAssumed)
      writer.member("continued", ruling.isContinued)
    case .undecided(let facts):
      writer.member("unknown") { writer in
        writer.array { for fact in facts { $0.string(fact.rawValue) } }
      }
    case .silent: writer.member("silent", true)
    }
  }

  private func way(_ decision: PermitDecision) -> String {
    switch decision.need {
    case .decided(let ruling) where ruling.rule.outcome == .notNeeded: return "not needed"
    case .undecided(let facts): return unknown(facts)
    case .silent: return "no rule"
    case .decided: break
    }
    switch decision.way {
    case .decided(let ruling): return ruling.rule.outcome.rawValue
    case .undecided(let facts): return unknown(facts)
    case .silent, nil: return "no rule"
    }
  }

  private func limit(_ decision: PermitDecision) -> String {
    switch decision.limit {
    case .decided(let ruling): ruling.rule.outcome.limit?.englishTitle ?? "none published"
    case .undecided(let facts): unknown(facts)
    case .silent: "no rule"
    case nil: ""
    }
  }

  private func clauses(_ decision: PermitDecision) -> [String] {
    let way = decision.way?.ruling.map(text) ?? decision.need.ruling.map(text)
    let limit = decision.limit?.ruling.map(text)
    return [way, limit == way ? nil : limit].compactMap(\.self)
  }

  private func text<Outcome>(_ ruling: Ruling<Outcome>) -> String {
    let number = ruling.document.number.map { " (\($0))" } ?? ""
    return ruling.rule.clause.description + number + (ruling.isContinued ? ", term ended" : "")
  }

  private func unknown(_ facts: [Fact]) -> String {
    "depends on " + facts.map(\.rawValue).joined(separator: ", ")
  }
}
