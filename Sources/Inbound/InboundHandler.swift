import Adapters
public import CivilTime
import Exchanges
import Journal
public import SQLDatabase
public import Work

/// Acts on calls whose own process did not: it died, had no time, or could not make anything of them. The call is read anew from
/// the journal, by the manifest as it is now.
public struct InboundHandler: WorkHandler {
  private let desk: InboundDesk

  public init(_ desk: InboundDesk) {
    self.desk = desk
  }

  public func perform(_ lease: WorkLease) async throws {
    let call = try Self.call(of: lease)
    let desk = desk
    let row = try await desk.database.read { try desk.require(call, $0) }
    guard !row.isDone else { return try await complete(lease) }
    guard let receiver = desk.receiver(row.platform, row.operation) else {
      throw InboundRefusal(
        .unfit, "the manifest of \(row.platform) has no inbound operation '\(row.operation)' any more",
        remedy: "put it back and release the work, or cancel the work")
    }
    let kept = try await desk.journal.exchange(row.exchange)
    let request = InboundRequest(
      method: kept.method, target: kept.address, headers: kept.requestHeaders.map { ($0.name, $0.value) },
      body: kept.requestBody, remoteAddress: "")
    let deed = try await desk.consumer(receiver).prepare(
      InboundArrival(receiver: receiver, request: request, exchange: row.exchange, received: kept.created))
    try await desk.database.write { transaction in
      let time = desk.now()
      let row = try desk.require(call, transaction)
      if !row.isDone {
        try deed.act(transaction, time)
        let reply = receiver.answer(
          request, nil, exchange: row.exchange, records: deed.records, at: time)
        try desk.end(row, reply, transaction, time)
        try desk.journal.conclude(row.exchange, .succeeded, nil, in: transaction, now: time)
      }
      try desk.queue.complete(lease, in: transaction, now: time)
    }
  }

  private func complete(_ lease: WorkLease) async throws {
    let desk = desk
    try await desk.database.write { try desk.queue.complete(lease, in: $0, now: desk.now()) }
  }

  public func problem(of error: any Error) -> WorkProblem {
    switch error {
    case let refusal as InboundRefusal: WorkProblem(refusal.problem)
    case let error as JournalError:
      WorkProblem(
        code: "journal-" + error.code.rawValue, errorClass: .data, message: error.message,
        remedy: "what was said cannot be read; ask the platform for it again")
    default: WorkProblem(error)
    }
  }

  public func parked(
    _ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp
  ) throws {
    try transaction.execute(
      """
      UPDATE inbound_call SET state = 'refused', problem_code = ?2, changed = ?3 WHERE id = ?1 AND state <> 'done'
      """, .int(try Self.call(of: lease)), .text(problem.code), .int(now.milliseconds))
  }

  private static func call(of lease: WorkLease) throws(InboundRefusal) -> Int64 {
    guard let number = Int64(String(decoding: lease.payload, as: UTF8.self)) else {
      throw InboundRefusal(
        .unfit, "work \(lease.id.rawValue) names no inbound call",
        remedy: "compare the database with a backup")
    }
    return number
  }
}
