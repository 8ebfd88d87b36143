import Applications
import Calendars
public import CivilTime
import Documents
import Policies
import Synchronization

/// All items of the open cases, and the steps of the utility's own process that have begun, one a line.
public struct PermitBoard: Sendable {
  public struct Line: Sendable {
    public let standing: PermitStanding
    /// When it was handed in, and when the window took it up, as far as is known.
    public let handedIn: CivilDateTime?
    public let accepted: CivilDateTime?
    /// Where the platform's limit stands; where there is none, that of all permits together, and else the way.
    public let clause: String
  }

  public enum Row: Sendable {
    case item(Line)
    case process(ProcessStanding)
  }

  public let lines: [Line]
  public let process: [ProcessStanding]

  /// All of them, case by case, the items of a case first.
  public var rows: [Row] {
    var rows: [Row] = []
    var rest = process[...]
    for line in lines {
      while let first = rest.first, first.permitCase < line.standing.permitCase {
        rows.append(.process(rest.removeFirst()))
      }
      rows.append(.item(line))
    }
    return rows + rest.map { .process($0) }
  }
}

extension Permits {
  /// The board at `now`, or as it was believed to be at a time.
  public func board(at now: CivilDateTime, knownAt time: Timestamp? = nil) async throws -> PermitBoard {
    let found = Mutex<(lines: [PermitBoard.Line], clauses: [StoredText: String])>(([], [:]))
    let process = try await standings(at: now, knownAt: time, decided: true) { standing in
      let known = standing.view.events.known()
      func first(_ events: PermitEvent...) -> CivilDateTime? {
        known.first { event in events.contains { $0.rawValue == event.name } }?.happened
      }
      let (handedIn, accepted) = (first(.submitted, .filed), first(.accepted))
      let decision = StoredText(bytes: Array(standing.view.attempt.decision.utf8))
      found.withLock { found in
        let clause = found.clauses[decision] ?? Self.clause(of: decision.bytes)
        found.clauses[decision] = clause
        found.lines.append(
          PermitBoard.Line(
            standing: standing, handedIn: handedIn, accepted: accepted, clause: clause))
      }
    }
    return PermitBoard(lines: found.withLock { $0.lines }, process: process)
  }

  /// One damaged row hides no other.
  private static func clause(of decision: [UInt8]) -> String {
    let root: JSONValue
    do throws(DocumentError) {
      root = try JSONDocument(parsing: decision).root
    } catch {
      return "damaged: restore it from a backup"
    }
    let limits = [root["limit"], root["total"]].compactMap(\.self)
    let deciding = limits.first { $0["value"]?.string != nil } ?? limits.first ?? root["way"]
    return deciding?["clause"]?.string ?? ""
  }
}

extension PermitItemView {
  /// The last day, or the last moment where the limit is less than days; ``PermitStanding/unknown`` in a year without a
  /// calendar.
  public var deadline: String? { Self.deadline(reading, attempt.clock) }

  public var totalDeadline: String? { Self.deadline(total?.reading, total?.total.rule) }

  public var ownDeadline: String? { Self.deadline(own?.reading, own?.limit.rule) }

  private static func deadline(_ reading: ClockReading?, _ rule: ClockRule?) -> String? {
    guard let reading, let rule else { return nil }
    return PermitStanding.deadline(reading, rule)
  }
}

extension PermitStanding {
  /// What stands for a deadline in a year without a calendar.
  public static let unknown = "unknown"

  static func deadline(_ reading: ClockReading, _ rule: ClockRule) -> String? {
    if reading.isUnknown { return unknown }
    guard case .at(let due) = reading.due else { return nil }
    if case .days = rule.limit { return reading.lastDay?.description }
    return due.description
  }
}
