import Exchanges

/// Why a window must not go on. Thrown where it is found; nothing of the page has been stored.
struct DriftHold: Error {
  let findings: [DriftFinding]
}

/// An operation that is held already, so that nobody need ask its platform again.
struct DriftStanding: Error {
  let incidents: [IncidentID]

  private var numbers: String { incidents.map(\.description).joined(separator: " ") }

  var message: String {
    "the operation is held by incident \(numbers): nothing is asked for beside its schedule"
  }

  var remedy: String {
    "see 'zhengdian incident list'; once a pull has gone through, try again"
  }
}

/// How what is held has come: it decides what there is to do once somebody has seen to it.
enum DriftArrival: Sendable {
  case pull, refetch, file
  /// To a question.
  case answer
  /// Sent by the platform itself.
  case call

  fileprivate var afterwards: String {
    switch self {
    case .pull: "the next run starts at the same place"
    case .refetch: "then the window can be asked for again"
    case .file: "then take the file again"
    case .answer: "the platform is asked again by the next question"
    case .call: "then release the work"
    }
  }
}

/// A held window or message, once its incidents are in the ledger.
public struct DriftHeld: Error {
  let incidents: [IncidentID]
  let findings: [DriftFinding]
  let arrival: DriftArrival

  /// What is wrong and which incident tells where. It goes into the journal, logs and answers, so that no place of the message is in it.
  public var message: String {
    let all = zip(incidents, findings).map { id, finding in
      "incident \(id): \(finding.subject.outline), \(finding.detail)"
    }
    let more = all.count > 3 ? "; and \(all.count - 3) more" : ""
    return "what came is held: " + all.prefix(3).joined(separator: "; ") + more
  }

  public var remedy: String {
    let numbers = incidents.map(\.description).joined(separator: " ")
    guard !findings.contains(where: \.isUnsettled) else {
      return
        "compare the exchange with the mapping, and mend that where it has to follow; unless the platform mends it, "
        + "'zhengdian incident acknowledge \(numbers) --accept', behind a mended mapping too, since what was usual is not known any more: "
        + arrival.afterwards
    }
    return
      "compare the exchange with the mapping; if the platform is right, 'zhengdian incident acknowledge \(numbers) --accept', "
      + "else mend the mapping: \(arrival.afterwards)"
  }
}
