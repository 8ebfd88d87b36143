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

/// A held window or message, once its incidents are in the ledger.
public struct DriftHeld: Error {
  let incidents: [IncidentID]
  let findings: [DriftFinding]

  /// What is wrong and which incident tells more.
  public var message: String {
    let all = zip(incidents, findings).map { id, finding in
      let subject = finding.subject
      let place = subject.entity.isEmpty ? subject.subject : "\(subject.entity) \(subject.subject)"
      return "incident \(id): \(subject.kind.rawValue) at \(place), \(finding.detail)"
    }
    let more = all.count > 3 ? "; and \(all.count - 3) more" : ""
    return "what came is held: " + all.prefix(3).joined(separator: "; ") + more
  }

  public var remedy: String {
    let numbers = incidents.map(\.description).joined(separator: " ")
    return
      "compare the exchange with the mapping; if the platform is right, 'zhengdian incident acknowledge \(numbers) --accept', "
      + "else mend the mapping: the next run starts at the same place"
  }
}
