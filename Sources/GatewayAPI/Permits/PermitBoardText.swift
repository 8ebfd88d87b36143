public import Documents
public import Permits
import Applications
import Calendars
import CivilTime
import Policies

/// Writes the board: the same columns in the API and on the command line.
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
    for line in board.lines { text.row(fields(line)) }
    return text.bytes
  }

  /// A line in the order of ``columns``; empty where there is nothing.
  public static func fields(_ line: PermitBoard.Line) -> [String] {
    let (standing, view) = (line.standing, line.standing.view)
    return [
      "\(standing.permitCase)", standing.number, standing.region, view.attempt.item.rawValue,
      view.attempt.way?.rawValue ?? "", view.state?.rawValue ?? "", "\(view.attempt.attempt)",
      line.handedIn?.description ?? "", line.accepted?.description ?? "", view.deadline ?? "",
      view.reading?.used.map { "\($0)" } ?? "", view.colour?.rawValue ?? "",
      view.reading.map { $0.isLate ? "yes" : "no" } ?? "", view.totalDeadline ?? "",
      view.totalColour?.rawValue ?? "", view.total.map { $0.reading.isLate ? "yes" : "no" } ?? "",
      view.own?.limit.step ?? "", view.ownDeadline ?? "",
      view.ownColour?.rawValue ?? "", view.own.map { $0.reading.isLate ? "yes" : "no" } ?? "",
      line.clause,
    ]
  }

  /// A line as an object with the members of ``columns``.
  public static func write(_ line: PermitBoard.Line, to writer: inout JSONWriter) {
    for (name, field) in zip(columns, fields(line)) {
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
            writer.member("cases", line.cases)
          }
        }
      }
    }
  }
}
