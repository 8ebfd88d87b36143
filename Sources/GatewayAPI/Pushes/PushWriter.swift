import Adapters
import CivilTime
public import Documents
import Exchanges
public import Pushing

/// Writes pushes as the outside sees them: that they were and how they stand. What was handed in is never shown here.
public enum PushWriter {
  public static func writeMembers(_ push: Push, to writer: inout JSONWriter) {
    writer.member("id", push.id.rawValue)
    writer.member("platform", push.platform)
    writer.member("operation", push.operation)
    writer.member("item", push.item)
    writer.member("key", push.key)
    writer.member("case", push.caseName)
    writer.member("state", push.state.rawValue)
    writer.member("idempotency", push.idempotency.rawValue)
    writer.member("attempts", push.attempts)
    writer.member("probes", push.probes)
    writer.member("exchange", push.exchange?.rawValue)
    writer.member("duplicateOf", push.duplicateOf?.rawValue)
    writer.member("follows", push.follows?.rawValue)
    writer.member("instead", push.instead?.rawValue)
    writer.member("wasKnown", push.wasKnown)
    writeProblem(push.problemCode, push.problemClass, to: &writer)
    writer.member("requestId", push.requestID)
    writer.member("created", push.created.iso8601)
    writer.member("changed", push.changed.iso8601)
    writer.member("erased", push.erased?.iso8601)
    writer.member("due", push.due?.iso8601)
    writer.member("mayHaveBeenRepeated", push.mayHaveBeenRepeated)
  }

  private static func writeProblem(
    _ code: String?, _ errorClass: ErrorClass?, to writer: inout JSONWriter
  ) {
    writer.member("problem") { writer in
      guard let code else { return writer.null() }
      writer.object { writer in
        writer.member("code", code)
        writer.member("class", errorClass?.rawValue)
      }
    }
  }

  /// What happened to it, oldest first; with who decided and why.
  public static func writeHistory(_ history: [PushHistoryEntry], to writer: inout JSONWriter) {
    writer.member("history") { writer in
      writer.array { writer in
        for entry in history {
          writer.object { writer in
            writer.member("moment", entry.moment.iso8601)
            writer.member("event", entry.event.rawValue)
            writer.member("state", entry.state.rawValue)
            writer.member("exchange", entry.exchange?.rawValue)
            writeProblem(entry.problemCode, entry.problemClass, to: &writer)
            writer.member("by", entry.signOff?.name)
            writer.member("reason", entry.signOff?.reason)
          }
        }
      }
    }
  }
}
