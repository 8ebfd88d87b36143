import Applications
import Exchanges
import Pushing
import SQLDatabase

/// Hands in again what was handed in: what stood still goes on, what was refused or taken back becomes a new push that follows on the old one.
struct Repushing: ReplayAction {
  let pushes: Pushes
  let route: PushRoute

  /// Behind everything that is handed in for the first time.
  private static let priority = 10

  func perform(_ item: ReplayItem, of replay: Replay, keep: @escaping Keep) async throws {
    let id = PushID(item.original)
    guard let push = try await pushes.push(id) else {
      throw PushError(.notFound, "there is no push \(id)", remedy: "it may have been pruned")
    }
    if push.state == .parked {
      let signOff = try SignOff(name: "replay \(replay.id)", reason: "tried again by a reviewed plan")
      try await pushes.decide(.retry, about: id, by: signOff, priority: Self.priority) { push, transaction in
        try keep(ReplayResult(state: .waiting, repetition: push.id.rawValue), transaction)
      }
      return
    }
    let (record, attachments) = try await pushes.content(of: id)
    let request = PushRequest(
      record: record, attachments: attachments, sequence: push.sequence, follows: id,
      about: push.about, due: push.due, priority: Self.priority,
      requestID: "replay-\(replay.id)-\(item.number)")
    let prepared = try pushes.prepare(request, by: route)
    try await pushes.submit(prepared) { ticket, transaction in
      try keep(ReplayResult(state: .waiting, repetition: ticket.id.rawValue), transaction)
    }
  }

  func outcome(of item: ReplayItem) async throws -> ReplayResult? {
    guard let repetition = item.repetition, let push = try await pushes.push(PushID(repetition)) else {
      return .failed(PushErrorCode.notFound.rawValue, .data)
    }
    switch push.state {
    case .queued, .sending, .unrecognized: return nil
    case .accepted: return ReplayResult(state: .succeeded, repetition: repetition)
    case .unknown, .refused, .parked, .cancelled:
      // Unknown ones are asked about in their own time; here they count as what went wrong.
      return ReplayResult(
        state: .failed, repetition: repetition, problemCode: push.problemCode ?? push.state.rawValue,
        problemClass: push.problemClass)
    }
  }
}
