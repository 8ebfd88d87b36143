import Applications
import Calendars
import Certificates
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
  /// What an application needs; nil where only the line is looked at.
  var supply: SupplyTerms?

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
    writeTotals(to: output)
    for decision in decisions where !decision.after.isEmpty {
      let others = decision.after.map(\.rawValue).sorted().joined(separator: ", ")
      output.line("\(decision.item.rawValue): only after \(others)")
    }
    writeProcess(to: output)
    writeSupply(to: output)
  }

  /// What all permits together may take. Where nothing limits them there is nothing to say.
  private func writeTotals(to output: Output) {
    var told: Set<Resolution<PermitLimit>> = []
    for decision in decisions {
      guard let total = decision.total, told.insert(total).inserted else { continue }
      let items = decisions.filter { $0.total == total }.map(\.item.rawValue).joined(separator: ", ")
      switch total {
      case .decided(let ruling):
        guard let limit = ruling.rule.outcome.limit else { continue }
        output.line("together \(limit.englishTitle) (\(items)): \(text(ruling))")
      case .undecided(let facts): output.line("together (\(items)): \(unknown(facts))")
      case .silent: break
      }
    }
  }

  private func writeProcess(to output: Output) {
    guard !process.isEmpty else { return }
    var steps = TextTable("step", "limit", "from", "to", "by")
    for (step, resolution) in process.sorted(by: { $0.key < $1.key }) {
      switch resolution {
      case .decided(let ruling):
        guard let rule = ruling.rule.outcome.rule else {
          steps.row(step, "none published", "", "", text(ruling))
          continue
        }
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

  /// Nothing where no policy speaks of papers; what is not required is left out.
  private func writeSupply(to output: Output) {
    let decisions = (supply?.decisions ?? []).filter { $0.isRequired != false && $0.demand != .silent }
    guard !decisions.isEmpty else { return }
    var table = TextTable("paper", "brought by", "met by", "may wait", "by")
    for decision in decisions {
      table.row(
        decision.requirement.rawValue, demand(decision), proofs(decision).joined(separator: " "),
        decision.deferral.map { $0.rule.outcome.until.word } ?? "",
        decision.demand.ruling.map(text) ?? "")
    }
    output.line("")
    table.write(to: output)
  }

  private func demand(_ decision: SupplyDecision) -> String {
    switch decision.demand {
    case .decided(let ruling): ruling.rule.outcome == .shared ? "data sharing" : "customer"
    case .undecided(let facts): unknown(facts)
    case .silent: "no rule"
    }
  }

  private func proofs(_ decision: SupplyDecision) -> [String] {
    var words: [String] = []
    for ruling in decision.proofs {
      let proof = ruling.rule.outcome
      words += proof.kinds.map(\.rawValue).sorted() + proof.materials + (proof.isFace ? ["face"] : [])
    }
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  func write(_ writer: inout JSONWriter) {
    writer.member("policy", policy.name)
    writer.member("region", policy.region)
    writer.member("day", day.description)
    writer.member("items") { writer in
      writer.array { writer in
        for decision in decisions { decision.write(&writer) }
      }
    }
    writer.member("supply") { writer in
      writer.array { writer in
        for decision in supply?.decisions ?? [] where decision.demand != .silent {
          writer.object { decision.write(&$0) }
        }
      }
    }
    writer.member("process") { writer in
      writer.array { writer in
        for (step, resolution) in process.sorted(by: { $0.key < $1.key }) where resolution != .silent {
          writer.object { writer in
            writer.member("step", step)
            resolution.write(&writer) { $0.member("limit", $1.rule?.limit.englishTitle) }
          }
        }
      }
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
