import Adapters
import CivilTime
public import Documents
import Exchanges
public import Replay
public import Work

/// Writes replays as the outside sees them: the same members in the API and on the command line.
public enum ReplayWriter {
  public static func writeMembers(_ replay: Replay, to writer: inout JSONWriter) {
    writer.member("id", replay.id.rawValue)
    writer.member("depth", replay.depth.rawValue)
    writer.member("state", replay.state.rawValue)
    writer.member("query") { writer in writer.object { write(replay.query, to: &$0) } }
    writer.member("canary", replay.terms.canary)
    writer.member("rate", replay.terms.rate)
    writer.member("mostErrors", replay.terms.mostErrors)
    writer.member("needsApproval", replay.needsApproval)
    writer.member("items", replay.counts.total)
    writer.member("pending", replay.counts.pending)
    writer.member("waiting", replay.counts.waiting)
    writer.member("succeeded", replay.counts.succeeded)
    writer.member("failed", replay.counts.failed)
    writer.member("unknown", replay.counts.unknown)
    writer.member("created", replay.created.iso8601)
    writer.member("changed", replay.changed.iso8601)
  }

  private static func write(_ query: ReplayQuery, to writer: inout JSONWriter) {
    writer.member("platform", query.platform)
    writer.member("operation", query.operation)
    writer.member("outcome", query.outcome?.rawValue)
    writer.member("class", query.errorClass?.rawValue)
    writer.member("since", query.since?.iso8601)
    writer.member("until", query.until?.iso8601)
    writer.member("mappingVersion", query.mappingVersion)
    writer.member("case", query.sequence)
    writer.member("ids") { $0.array { for id in query.ids.sorted() { $0.integer(id) } } }
  }

  /// What the plan means.
  public static func write(_ preview: ReplayPreview, to writer: inout JSONWriter) {
    writer.member("idempotency") { writer in
      writer.array { writer in
        for (kind, count) in preview.idempotency.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
          writer.object {
            $0.member("class", kind.rawValue)
            $0.member("count", count)
          }
        }
      }
    }
    writer.member("leftOut") { writer in
      writer.array { writer in
        for (reason, count) in preview.leftOut.sorted(by: { $0.key < $1.key }) {
          writer.object {
            $0.member("reason", reason)
            $0.member("count", count)
          }
        }
      }
    }
    writer.member("calls", preview.calls)
    writer.member("daily", preview.daily)
    writer.member("leftToday", preview.leftToday)
    writer.member("rate", preview.rate)
    writer.member("seconds", preview.seconds)
    writer.member("begins", preview.begins?.iso8601)
    writer.member("ends", preview.ends?.iso8601)
    writer.member("days", preview.days)
    writer.member("deadlines") { writer in
      writer.object {
        $0.member("overdue", preview.deadlines.overdue)
        $0.member("becomeOverdue", preview.deadlines.becomeOverdue)
        $0.member("earliest", preview.deadlines.earliest?.iso8601)
        $0.member("delayed", preview.deadlines.delayed)
      }
    }
    write(preview.records, to: &writer)
    writer.member("exact", preview.isExact)
    writer.member("quarantined", preview.quarantined)
    writer.member("fields") { writer in
      writer.array { writer in
        for (field, count) in RecordDifferenceWriter.sorted(preview.fields) {
          writer.object {
            $0.member("field", field)
            $0.member("count", count)
          }
        }
      }
    }
  }

  /// Who did what and why, what came out, which items failed, which was stopped in the middle, and what keeps the rest from being done.
  public static func write(
    _ history: [ReplayHistoryEntry], _ records: ReplayRecords, _ failures: [ReplayItem],
    _ unfinished: ReplayItem?, _ problem: WorkProblem?, to writer: inout JSONWriter
  ) {
    writer.member("problem") { writer in
      guard let problem else { return writer.null() }
      writer.object {
        $0.member("code", problem.code)
        $0.member("class", problem.errorClass.rawValue)
        $0.member("message", problem.message)
        $0.member("remedy", problem.remedy)
      }
    }
    write(records, to: &writer)
    writer.member("history") { writer in
      writer.array { writer in
        for entry in history {
          writer.object {
            $0.member("moment", entry.moment.iso8601)
            $0.member("event", entry.event)
            $0.member("state", entry.state.rawValue)
            $0.member("by", entry.signOff?.name)
            $0.member("credential", entry.signOff?.credential?.description)
            $0.member("reason", entry.signOff?.reason)
          }
        }
      }
    }
    writer.member("failures") { writer in
      writer.array { writer in
        for item in failures {
          writer.object {
            $0.member("original", item.original)
            $0.member("repetition", item.repetition)
            $0.member("problem", item.problemCode)
            $0.member("class", item.problemClass?.rawValue)
            $0.member("stored", item.isPartial ? item.stored : nil)
          }
        }
      }
    }
    writer.member("unfinished") { writer in
      guard let unfinished else { return writer.null() }
      writer.object {
        $0.member("original", unfinished.original)
        $0.member("stored", unfinished.stored)
      }
    }
  }

  private static func write(_ records: ReplayRecords, to writer: inout JSONWriter) {
    writer.member("records") { writer in
      writer.object {
        $0.member("new", records.new)
        $0.member("changed", records.changed)
        $0.member("unchanged", records.unchanged)
      }
    }
  }
}
