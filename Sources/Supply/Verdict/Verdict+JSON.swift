import Materials
import Certificates
import CivilTime
public import Documents
import Policies
import Registry

extension Verdict {
  /// The verdict as JSON, the same bytes for the same verdict: what is stored, signed and shown.
  public func write(_ writer: inout JSONWriter) {
    writer.object { writeMembers(&$0) }
  }

  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    write(&writer)
    return writer.takeBytes()
  }

  /// How everything stands, without the times at which it was confirmed: two verdicts that say the same to whoever waits have the same.
  var standing: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("level", level?.rawValue)
      writer.member("final", isFinal)
      for one in requirements {
        writer.member(one.requirement.rawValue) { writer in
          writer.object { writer in
            if case .certificate(let evidence) = one.state {
              // However it came to be known.
              writer.member("state", "certificate")
              writer.member("certificate", evidence.certificate.rawValue)
              writer.member("version", evidence.version)
            } else {
              writer.member("state", one.state.word)
            }
            if case .material(let material, _) = one.state {
              // Another file of the same paper is another answer: the one before may have been taken back.
              writer.member("material", material.kept?.id.rawValue)
              writer.member("sm3", material.sm3)
            }
            if case .missing(let absence) = one.state { writer.member("because", absence.rawValue) }
            writer.member("refused", one.refused.map { "\($0.certificate.rawValue) \($0.reason.word)" })
          }
        }
      }
    }
    return writer.takeBytes()
  }

  public func writeMembers(_ writer: inout JSONWriter) {
    let burden = burden
    writer.member("region", region)
    writer.member("policy", policy)
    writer.member("day", day.description)
    writer.member("facts") { facts.write(&$0) }
    writer.member("level", level?.rawValue)
    writer.member("title", levelTitle)
    writer.member("clause", levelSource?.clause.description)
    writer.member("final", isFinal)
    writer.member("undecided", undecided.map(\.rawValue))
    writer.member("burden") { writer in
      writer.object {
        $0.member("borne", burden.borne)
        $0.member("deferred", burden.deferred)
        $0.member("unchecked", burden.unchecked)
      }
    }
    writer.member("asks") { writer in
      writer.array { writer in for ask in asks { writer.object { Self.write(ask, &$0) } } }
    }
    writer.member("requirements") { writer in
      writer.array { writer in for one in requirements { writer.object { one.write(&$0) } } }
    }
    writer.member("explanation") { writer in
      writer.array { writer in
        for line in explanation {
          writer.object {
            $0.member("requirement", line.requirement?.rawValue)
            $0.member("title", line.title)
            $0.member("titleEn", line.englishTitle)
          }
        }
      }
    }
  }

  private static func write(_ ask: Ask, _ writer: inout JSONWriter) {
    writer.member("requirement", ask.requirement.rawValue)
    writer.member("title", ask.requirement.title)
    writer.member("titleEn", ask.requirement.englishTitle)
    writer.member("because", ask.absence.rawValue)
    writer.member("clause", ask.clause.description)
    writer.member("canAuthorise", ask.canAuthorise)
    writer.member("means") { writer in
      writer.array { writer in
        for means in ask.means {
          writer.object {
            $0.member("kinds", means.kinds.map(\.rawValue))
            $0.member("materials", means.materials)
            $0.member("equivalent", means.isEquivalent)
            $0.member("clause", means.clause.description)
          }
        }
      }
    }
  }
}

extension RequirementVerdict {
  fileprivate func write(_ writer: inout JSONWriter) {
    writer.member("requirement", requirement.rawValue)
    writer.member("demand", demand?.rawValue)
    writer.member("state", state.word)
    writer.member("source") { Self.write(source, &$0) }
    writer.member("reason") { Self.write(reason, &$0) }
    writer.member("deferrableUntil", deferral?.word)
    writer.member("evidence") { writer in
      guard state.hasEvidence else { return writer.null() }
      writer.object { state.writeEvidence(&$0) }
    }
    writer.member("refused") { writer in
      writer.array { writer in
        for one in refused {
          writer.object {
            $0.member("certificate", one.certificate.rawValue)
            $0.member("kind", one.kind.rawValue)
            $0.member("because", one.reason.word)
          }
        }
      }
    }
  }

  private static func write(_ source: Source?, _ writer: inout JSONWriter) {
    guard let source else { return writer.null() }
    writer.object {
      $0.member("policy", source.policy)
      $0.member("rule", source.rule)
      $0.member("clause", source.clause.description)
      $0.member("document", source.title)
      $0.member("number", source.number)
      $0.member("assumed", source.isAssumed)
      $0.member("continued", source.isContinued)
    }
  }
}

extension RequirementVerdict.State {
  /// The word of a state, without what belongs to it.
  public var word: String {
    switch self {
    case .notRequired: "not-required"
    case .certificate(let evidence):
      switch evidence.origin {
      case .registry: "certificate"
      case .query: "fetched"
      case .push: "pushed"
      }
    case .material(let material, let isEquivalent):
      isEquivalent ? "equivalent" : material.earlier == nil ? "material" : "earlier-material"
    case .identified: "face"
    case .deferred: "deferred"
    case .unchecked: "unchecked"
    case .missing: "missing"
    case .undecided: "undecided"
    case .silent: "silent"
    case .baseless: "baseless"
    }
  }

  public static let words = [
    "not-required", "certificate", "fetched", "pushed", "material", "earlier-material", "equivalent", "face",
    "deferred",
    "unchecked", "missing", "undecided", "silent", "baseless",
  ]

  fileprivate var hasEvidence: Bool {
    switch self {
    case .certificate, .material, .unchecked, .deferred, .missing: true
    case .notRequired, .identified, .undecided, .silent, .baseless: false
    }
  }

  fileprivate func writeEvidence(_ writer: inout JSONWriter) {
    switch self {
    case .certificate(let evidence):
      writer.member("certificate", evidence.certificate.rawValue)
      writer.member("kind", evidence.kind.rawValue)
      writer.member("version", evidence.version)
      writer.member("platform", evidence.platform)
      writer.member("seen", evidence.seen.iso8601)
      writer.member("exchange", evidence.exchange)
      writer.member("basis", evidence.basis.rawValue)
      writer.member("equivalent", evidence.isEquivalent)
    case .material(let material, _): material.write(&writer)
    case .unchecked(let obstacle): obstacle.write(&writer)
    case .deferred(_, let absence), .missing(let absence): writer.member("because", absence.rawValue)
    case .notRequired, .identified, .undecided, .silent, .baseless: break
    }
  }
}

extension RequirementVerdict.Obstacle {
  fileprivate func write(_ writer: inout JSONWriter) {
    switch self {
    case .unreachable(let platforms, let stale):
      writer.member("because", "unreachable")
      writer.member("platforms", platforms)
      writer.member("certificate", stale?.rawValue)
    case .stale(let certificate, let seen):
      writer.member("because", "stale")
      writer.member("certificate", certificate.rawValue)
      writer.member("seen", seen.iso8601)
    case .doubtful(let certificate, let doubt):
      writer.member("because", doubt.rawValue)
      writer.member("certificate", certificate.rawValue)
    case .paper(let material, let doubt):
      writer.member("because", doubt.rawValue)
      material.write(&writer)
    }
  }
}

extension SupplyMaterial {
  fileprivate func write(_ writer: inout JSONWriter) {
    writer.member("material", code)
    writer.member("sm3", sm3)
    writer.member("earlier", earlier?.description)
    writer.member("validTo", validTo?.description)
    writer.member("kept", kept?.id.rawValue)
    writer.member("checked", kept?.check?.rawValue)
  }
}
