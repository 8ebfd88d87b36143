import CivilTime
public import Documents
import Exchanges
public import Work

/// Writes items of the work queue as the outside sees them: the same members in the API and on the command line. What an item is about stays sealed.
public enum WorkWriter {
  public static func writeMembers(_ item: WorkItem, to writer: inout JSONWriter) {
    writer.member("id", item.id.rawValue)
    writer.member("kind", item.kind.rawValue)
    writer.member("lane", item.lane)
    writer.member("sequence", item.sequence)
    writer.member("key", item.key)
    writer.member("state", item.state.rawValue)
    writer.member("priority", item.priority)
    writer.member("attempts", item.attempts)
    writer.member("vanished", item.vanished)
    writer.member("enqueued", item.enqueued.iso8601)
    writer.member("due", item.due.iso8601)
    writer.member("holder", item.owner)
    writer.member("heldUntil", item.leaseUntil?.iso8601)
    writer.member("ended", item.ended?.iso8601)
    writer.member("problem") { writer in
      guard let problem = item.problem else { return writer.null() }
      writer.object { writer in
        writer.member("code", problem.code)
        writer.member("class", problem.errorClass.rawValue)
        writer.member("message", problem.message)
        writer.member("remedy", problem.remedy)
      }
    }
  }
}
