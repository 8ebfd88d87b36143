public import Documents
public import Permits
import Applications
import Calendars
import CivilTime
import Policies

/// Writes the board: the same columns in the API and on the command line. A line without an item is a step of the utility's
/// own process in a case.
public enum PermitBoardText {
  public static let columns = [
    "case", "number", "region", "item", "way", "state", "attempt", "handed_in", "accepted", "deadline",
    "used",
    "colour", "late", "total_deadline", "total_colour", "total_late", "own_step", "own_deadline",
    "own_colour", "own_late", "clause",
  ]

  public static func csv(_ board: PermitBoard, hasMark: Bool = false) -> [UInt8] {
    var text = CSVText(hasMark: hasMark)
    text.row(columns)
    for row in board.rows { text.row(fields(row)) }
    return text.bytes
  }

  /// A line in the order of ``columns``; empty where there is nothing.
  public static func fields(_ row: PermitBoard.Row) -> [String] {
    switch row {
    case .item(let line): fields(line)
    case .process(let standing): fields(standing)
    }
  }

  private static func fields(_ standing: ProcessStanding) -> [String] {
    let clock = standing.clock
    var fields = ["\(standing.permitCase)", standing.number, standing.region]
    let nothing = columns.count - fields.count - 5
    fields += Array(repeating: "", count: nothing)
    return fields + [
      clock.limit.step, standing.deadline ?? "", clock.reading.colour?.rawValue ?? "", late(clock.reading),
      clock.limit.clause,
    ]
  }

  private static func fields(_ line: PermitBoard.Line) -> [String] {
    let (standing, view) = (line.standing, line.standing.view)
    return [
      "\(standing.permitCase)", standing.number, standing.region, view.attempt.item.rawValue,
      view.attempt.way?.rawValue ?? "", view.state?.rawValue ?? "", "\(view.attempt.attempt)",
      line.handedIn?.description ?? "", line.accepted?.description ?? "", view.deadline ?? "",
      view.reading?.used.map { "\($0)" } ?? "", view.colour?.rawValue ?? "",
      view.reading.map(late) ?? "", view.totalDeadline ?? "",
      view.totalColour?.rawValue ?? "", view.total.map { late($0.reading) } ?? "",
      view.own?.limit.step ?? "", view.ownDeadline ?? "",
      view.ownColour?.rawValue ?? "", view.own.map { late($0.reading) } ?? "",
      line.clause,
    ]
  }

  private static func late(_ reading: ClockReading) -> String {
    reading.isUnknown ? PermitStanding.unknown : reading.isLate ? "yes" : "no"
  }

  /// A line as an object with the members of ``columns``.
  public static func write(_ row: PermitBoard.Row, to writer: inout JSONWriter) {
    for (name, field) in zip(columns, fields(row)) {
      writer.member(name, field.isEmpty ? nil : field)
    }
  }

  public static func write(_ digest: PermitDigest, to writer: inout JSONWriter) {
    writer.member("at", digest.moment.description)
    writer.member("open", digest.open)
    writer.member("lines") { writer in
      writer.array { writer in
        for line in digest.lines {
          writer.object { writer in
            writer.member("for", line.audience)
            writer.member("colour", line.colour.rawValue)
            writer.member("items", line.items)
            writer.member("processes", line.processes)
            writer.member("cases", line.cases)
          }
        }
      }
    }
    writer.member("unknown") { writer in
      writer.object { writer in
        writer.member("items", digest.unknown.items)
        writer.member("processes", digest.unknown.processes)
        writer.member("cases", digest.unknown.cases)
      }
    }
  }
}
