import CivilTime
import Documents
import Exchanges
import HTTPService
import Replay
import Sync

extension GatewayAPI {
  private static let mostFailures = 1000
  /// How often clients are told that the connection is alive, in looks at a replay that stands still.
  private static let looksBetweenHeartbeats = 15

  /// Differences that come with a plan; the rest is asked for page by page.
  private static let firstDifferences = 20
  /// Items whose differences may be asked for at once.
  static let differencePages = 1...100

  private static let noPlanning = APIProblem(
    .planUnavailable, "This process calls no platforms, so it cannot say what would be done.")

  static let noReplay = APIProblem(.replayNotFound, "No replay has this number.")

  func plan(_ draft: ReplayDraft, by signOff: SignOff, at now: Timestamp) async throws -> HTTPServerResponse {
    guard let library = parts.replayLibrary else {
      throw Self.noPlanning
    }
    var first: [RecordDifference] = []
    let outlook = try await library.look(
      for: draft.query, depth: draft.depth, terms: draft.terms, now: now
    ) { difference in
      guard first.count < Self.firstDifferences else { return false }
      first.append(difference)
      return true
    }
    let id = try await parts.replays.keep(
      draft.query, depth: draft.depth, terms: draft.terms, outlook: outlook, by: signOff)
    let replay = try await parts.replays.replay(id)
    return Self.json { writer in
      ReplayWriter.writeMembers(replay, to: &writer)
      writer.member("preview") { writer in writer.object { ReplayWriter.write(outlook.preview, to: &$0) } }
      Self.write(first, of: replay, to: &writer)
    }
  }

  /// The records that the items of one page would change, as everything stands now.
  func listReplayDifferences(_ text: String, _ request: HTTPServerRequest) async throws -> HTTPServerResponse
  {
    let query = try QueryReader(request, known: ["after", "limit"])
    let after = try query.integer("after", in: 1...Int.max) ?? 0
    let limit = try query.integer("limit", in: Self.differencePages) ?? 20
    let replay = try await replay(text)
    guard let library = parts.replayLibrary else { throw Self.noPlanning }
    var items: [ReplayItem] = []
    if replay.depth == .remap {
      items = try await parts.replays.items(of: replay.id, after: after, limit: limit + 1)
    }
    let page = ListPage(items, limit: limit)
    var differences: [RecordDifference] = []
    try await library.differences(page.elements, of: replay) { difference in
      differences.append(difference)
      return true
    }
    let found = differences
    return Self.json { writer in
      Self.write(found, of: replay, to: &writer)
      writer.member("next", page.next?.number)
    }
  }

  private static func write(
    _ differences: [RecordDifference], of replay: Replay, to writer: inout JSONWriter
  ) {
    let key = OperationKey(platform: replay.query.platform, operation: replay.query.operation)
    writer.member("differences") { writer in
      writer.array { writer in
        for difference in differences {
          writer.object { RecordDifferenceWriter.writeMembers(difference, of: key, to: &$0) }
        }
      }
    }
  }

  func listReplays(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: ["limit"])
    let found = try await parts.replays.list(limit: try query.integer("limit", in: Self.listLimits) ?? 100)
    return Self.json { writer in
      writer.member("replays") { writer in
        writer.array { writer in
          for replay in found { writer.object { ReplayWriter.writeMembers(replay, to: &$0) } }
        }
      }
    }
  }

  func getReplay(_ text: String) async throws -> HTTPServerResponse {
    let replay = try await replay(text)
    let history = try await parts.replays.history(of: replay.id)
    let records = try await parts.replays.records(of: replay.id)
    let failures = try await parts.replays.items(of: replay.id, state: .failed, limit: Self.mostFailures)
    let problem = try await parts.replays.problem(of: replay.id)
    let unfinished = try await parts.replays.unfinished(replay.id)
    return Self.json { writer in
      ReplayWriter.writeMembers(replay, to: &writer)
      ReplayWriter.write(history, records, failures, unfinished, problem, to: &writer)
    }
  }

  /// The replay as it stands, again each time it has moved on, until it is over.
  func getReplayEvents(_ text: String) async throws -> HTTPServerResponse {
    let first = try await replay(text)
    let (replays, pause) = (parts.replays, parts.replayPause)
    return .events { stream in
      var (replay, quiet) = (first, 0)
      try await stream.write(Self.event(replay))
      while !replay.state.isFinal {
        try await Task.sleep(for: pause)
        let next = try await replays.replay(replay.id)
        if next != replay {
          (replay, quiet) = (next, 0)
          try await stream.write(Self.event(replay))
        } else {
          quiet += 1
          if quiet.isMultiple(of: Self.looksBetweenHeartbeats) {
            try await stream.write(ServerSentEvent.heartbeat)
          }
        }
      }
    }
  }

  private static func event(_ replay: Replay) -> ServerSentEvent {
    var writer = JSONWriter(reservingCapacity: 1024)
    writer.object { ReplayWriter.writeMembers(replay, to: &$0) }
    return ServerSentEvent(data: String(decoding: writer.takeBytes(), as: UTF8.self), event: "replay")
  }

  private func replay(_ text: String) async throws -> Replay {
    guard let number = Self.number(text) else { throw Self.noReplay }
    return try await parts.replays.replay(ReplayID(number))
  }
}
