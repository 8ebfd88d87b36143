import Applications
import Calendars
public import Documents

extension PermitDecision {
  /// The decision with the rule, the clause and the document behind each part, as `policy explain` shows it and cases
  /// keep it.
  public func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("item", item.rawValue)
      writer.member("need") { writer in
        writer.object { need.write(&$0) { $0.member("value", $1.rawValue) } }
      }
      if let way {
        writer.member("way") { writer in writer.object { way.write(&$0) { $0.member("value", $1.rawValue) } }
        }
      }
      if let limit {
        writer.member("limit") { writer in
          writer.object { limit.write(&$0) { $0.member("value", $1.limit?.englishTitle) } }
        }
      }
      if let total {
        writer.member("total") { writer in
          writer.object { total.write(&$0) { $0.member("value", $1.limit?.englishTitle) } }
        }
      }
      writer.member("materials") { writer in
        writer.array { writer in
          for material in materials {
            writer.object { writer in
              writer.member("code", material.code)
              writer.member("clause", material.clause.description)
            }
          }
        }
      }
      writer.member("after") { writer in
        writer.array { writer in for item in after.map(\.rawValue).sorted() { writer.string(item) } }
      }
    }
  }
}

extension Resolution {
  /// The members of what a list of rules says; `body` writes the outcome.
  public func write(_ writer: inout JSONWriter, _ body: (inout JSONWriter, Outcome) -> Void) {
    switch self {
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
        writer.array { writer in for fact in facts { writer.string(fact.rawValue) } }
      }
    case .silent: writer.member("silent", true)
    }
  }
}
