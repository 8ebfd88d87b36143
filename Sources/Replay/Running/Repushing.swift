import Applications
import Exchanges
import Pushing
import SQLDatabase
import Work

/// Hands in again what was handed in: what stood still goes on, what was refused or taken back becomes a new push that follows on the old one.
struct Repushing: ReplayAction {
  let pushes: Pushes
  let route: PushRoute
  let guards: [RepushGuard]

  /// Behind everything that is handed in for the first time.
  private static let priority = 10

  func perform(_ item: ReplayItem, of replay: Replay, _ notes: ReplayNotes) async throws {
    let id = PushID(item.original)
    guard let push = try await pushes.push(id) else {
      throw PushError(.notFound, "there is no push \(id)", remedy: "it may have been pruned")
    }
    let guards = guards
    @Sendable func end(as repetition: PushID, _ transaction: Transaction) throws {
      // Something has become of it since the plan was made, or an older program made it.
      if let reason = try guards.reason(against: push, in: transaction) {
        throw PushError(.notNow, "push \(id) is not handed in again: \(reason)", remedy: "do as it says")
      }
      try notes.end(ReplayResult(state: .waiting, repetition: repetition.rawValue), transaction)
    }
    if push.state == .parked {
      let signOff = try SignOff(name: "replay \(replay.id)", reason: "tried again by a reviewed plan")
      try await pushes.decide(.retry, about: id, by: signOff, priority: Self.priority) { push, transaction in
        try end(as: push.id, transaction)
      }
      return
    }
    let (record, attachments) = try await pushes.content(of: id)
    let request = PushRequest(
      record: record, attachments: attachments, sequence: push.sequence, follows: id,
      about: push.about, due: push.due, priority: Self.priority,
      requestID: "replay-\(replay.id)-\(item.number)")
    let prepared = try pushes.prepare(request, by: route)
    try await pushes.submit(prepared) { ticket, transaction in try end(as: ticket.id, transaction) }
  }

  func outcome(of item: ReplayItem) async throws -> ReplayResult? {
    try await pushes.result(of: item)
  }
}

extension Pushes {
  /// What became of what an item handed in; nil as long as that goes on by itself.
  func result(of item: ReplayItem) async throws -> ReplayResult? {
    guard let repetition = item.repetition, let push = try await push(PushID(repetition)) else {
      return .failed(PushErrorCode.notFound.rawValue, .data)
    }
    func result(_ state: ReplayItem.State) -> ReplayResult {
      ReplayResult(
        state: state, repetition: repetition, problemCode: push.problemCode ?? push.state.rawValue,
        problemClass: push.problemClass)
    }
    switch push.state {
    case .queued, .sending, .unrecognized: return nil
    case .accepted: return ReplayResult(state: .succeeded, repetition: repetition)
    // It is asked about, or sent under the same key, until its work says that a person has to find out.
    case .unknown: return try await isAPersonsToFindOut(push) ? result(.unknown) : nil
    case .refused, .parked, .cancelled: return result(.failed)
    }
  }

  private func isAPersonsToFindOut(_ push: Push) async throws -> Bool {
    guard let work = push.work, let item = try await queue.item(work) else { return true }
    return item.state == .parked || item.state == .cancelled
  }
}
