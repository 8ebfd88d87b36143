import Calendars
import Certificates
public import Documents

extension SupplyDecision {
  /// The members of the decision, with the rule and the clause behind each part, as `policy explain` shows it.
  public func write(_ writer: inout JSONWriter) {
    writer.member("requirement", requirement.rawValue)
    writer.member("demand") { writer in
      writer.object { demand.write(&$0) { $0.member("value", $1.rawValue) } }
    }
    writer.member("proofs") { writer in
      writer.array { writer in
        for ruling in proofs {
          writer.object {
            $0.member("kinds", ruling.rule.outcome.kinds.map(\.rawValue).sorted())
            $0.member("materials", ruling.rule.outcome.materials)
            $0.member("face", ruling.rule.outcome.isFace)
            $0.member("equivalent", ruling.rule.outcome.isEquivalent)
            $0.member("clause", ruling.rule.clause.description)
          }
        }
      }
    }
    writer.member("obtainable") { writer in
      writer.array { writer in
        for ruling in sources {
          writer.object {
            $0.member("platforms", ruling.rule.outcome.platforms.map(\.rawValue).sorted())
            $0.member("clause", ruling.rule.clause.description)
          }
        }
      }
    }
    writer.member("deferral") { writer in
      guard let deferral else { return writer.null() }
      writer.object {
        $0.member("ends", deferral.rule.outcome.until.word)
        $0.member("given", deferral.rule.outcome.given.map(\.rawValue).sorted())
        $0.member("clause", deferral.rule.clause.description)
      }
    }
    writer.member("missing", missing.map(\.rawValue))
  }
}

extension SupplyDeferral.End {
  /// As policies write it.
  public var word: String {
    switch self {
    case .event(let event): event
    case .limit(let limit): limit.englishTitle
    }
  }
}
