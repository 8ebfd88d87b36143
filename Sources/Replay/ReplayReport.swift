import CivilTime
import Crypto
import Documents
import Exchanges

/// What a replay did: the plan, who decided what, and every item with what came of it. Names who decided, and nobody else.
///
/// Of what was stopped or failed in the middle it says how many records are stored. What was handed in is followed to its end, also when the replay had ended before: it stands as it stands now. What is `waiting` or `unknown` is open.
public struct ReplayReport: Sendable {
  private let replay: Replay
  private let history: [ReplayHistoryEntry]
  private let items: [ReplayItem]

  public init(_ id: ReplayID, _ replays: Replays) async throws {
    replay = try await replays.replay(id)
    history = try await replays.history(of: id)
    var items: [ReplayItem] = []
    // What was being removed when a process ended is gone as well.
    while replay.pruned == nil {
      let page = try await replays.items(of: id, after: items.last?.number ?? 0, limit: 5000)
      for item in page { items.append(try await replays.followed(item)) }
      if page.count < 5000 { break }
    }
    self.items = items
  }

  /// Nobody knows yet what becomes of some of it.
  var isOpen: Bool { items.contains { $0.state == .waiting || $0.state == .unknown } }

  /// As JSON, the same bytes for the same content.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("replay", replay.id.rawValue)
      writer.member("depth", replay.depth.rawValue)
      writer.member("query") { replay.query.write(to: &$0) }
      writer.member("terms") { replay.terms.write(to: &$0) }
      writer.member("basis") { replay.basis.write(to: &$0) }
      writer.member("state", replay.state.rawValue)
      writer.member("history") { writer in
        writer.array { writer in
          for entry in history {
            writer.object {
              $0.member("moment", entry.moment.iso8601)
              $0.member("event", entry.event)
              $0.member("state", entry.state.rawValue)
              $0.member("name", entry.signOff?.name ?? "")
              $0.member("reason", entry.signOff?.reason ?? "")
              $0.memberIfPresent("credential", entry.signOff?.credential?.description)
            }
          }
        }
      }
      if let pruned = replay.pruned {
        writer.member("pruned") { writer in
          writer.object {
            $0.member("moment", pruned.moment.iso8601)
            $0.member("items", replay.counts.total)
            $0.member("succeeded", replay.counts.succeeded)
            $0.member("failed", replay.counts.failed)
            $0.member("new", replay.records.new)
            $0.member("changed", replay.records.changed)
            $0.member("unchanged", replay.records.unchanged)
            $0.member("sm3", Hex.encode(pruned.reportSM3))
          }
        }
      }
      writer.member("items") { writer in
        writer.array { writer in for item in items { write(item, to: &writer) } }
      }
    }
    return writer.takeBytes()
  }

  private func write(_ item: ReplayItem, to writer: inout JSONWriter) {
    writer.object {
      $0.member("original", item.original)
      $0.memberIfPresent("until", item.windowEnd?.milliseconds)
      $0.member("state", item.state.rawValue)
      $0.memberIfPresent("repetition", item.repetition)
      $0.memberIfPresent("problem", item.problemCode)
      $0.memberIfPresent("class", item.problemClass?.rawValue)
      $0.member("new", item.records.new)
      $0.member("changed", item.records.changed)
      $0.member("unchanged", item.records.unchanged)
      // Stopped in the middle.
      $0.memberIfPresent("stored", item.isPartial ? item.stored : nil)
    }
  }
}

extension Replays {
  /// An item whose replay may not look at it any more, as it stands now.
  fileprivate func followed(_ item: ReplayItem) async throws -> ReplayItem {
    guard item.repetition != nil, item.state == .waiting || item.state == .unknown else { return item }
    // What somebody has let go on is on its way again.
    return item.with(
      try await pushes.result(of: item) ?? ReplayResult(state: .waiting, repetition: item.repetition))
  }
}

extension ReplayItem {
  fileprivate func with(_ result: ReplayResult) -> ReplayItem {
    ReplayItem(
      number: number, original: original, windowEnd: windowEnd, state: result.state,
      repetition: result.repetition, problemCode: result.problemCode, problemClass: result.problemClass,
      records: records, stored: stored)
  }
}
