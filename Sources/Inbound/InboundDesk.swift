public import Adapters
public import CivilTime
import Crypto
public import Exchanges
public import Journal
public import Registry
public import SQLDatabase
import Synchronization
public import Work

/// What became of a platform's call.
public struct InboundReception: Sendable {
  public let reply: InboundReply
  /// nil: it was acted upon, now or before.
  public let refusal: InboundRefusal?
  /// It is the same as one before.
  public let isDuplicate: Bool
  /// nil where nothing of it is kept.
  public let exchange: ExchangeID?
}

/// What a platform was told when its time was over, and the journal does not have: the call itself is there, and is acted upon.
public struct LostAnswer: Sendable {
  public let platform: String
  public let operation: String
  public let exchange: ExchangeID
  /// That of the answer.
  public let status: Int
  /// Why it could not be written down, as a code.
  public let reason: String
}

/// How many calls of an operation ended so since the start.
public struct InboundCount: Sendable {
  struct Key: Hashable {
    let platform: String
    let operation: String
    let result: String
  }

  public let platform: String
  public let operation: String
  /// `done`, `duplicate`, or why it was refused.
  public let result: String
  public let count: Int
}

/// Takes the calls of platforms: each is in the journal before anybody acts on it, and is acted upon once.
///
/// 1. The call shows who it is, or is refused and forgotten.
/// 2. One transaction: its nonce, the call in the journal, its row, and an item of work that acts on it should this
///    process die before it does.
/// 3. Its consumer reads it, and makes ready what it brings about.
/// 4. Another transaction: that, the row's end, and the answer in the journal. Then the platform is answered.
///
/// What cannot be acted upon is refused to the platform and left to the queue, which parks it for somebody to look at. The same
/// call again gets the first's answer byte for byte once it was acted upon, and is tried anew before.
public final class InboundDesk: Sendable {
  let database: Database
  let journal: Journal
  let queue: WorkQueue
  let keys: RegistryKeys
  let now: @Sendable () -> Timestamp
  private let receivers: [String: InboundReceiver]
  private let consumers: [InboundOperation.Purpose: any InboundConsumer]
  private let lost: @Sendable (LostAnswer) -> Void
  private let gate = StrangerGate()
  private let counted = Mutex<[InboundCount.Key: Int]>([:])

  /// - Parameter lost: told of an answer that the journal does not have; must not block.
  public init(
    database: Database, journal: Journal, queue: WorkQueue, keys: RegistryKeys, receivers: [InboundReceiver],
    consumers: [InboundOperation.Purpose: any InboundConsumer],
    now: @escaping @Sendable () -> Timestamp = { .now() },
    lost: @escaping @Sendable (LostAnswer) -> Void = { _ in }
  ) {
    self.lost = lost
    self.database = database
    self.journal = journal
    self.queue = queue
    self.keys = keys
    self.consumers = consumers
    self.now = now
    self.receivers = Dictionary(
      receivers.map { (Self.place($0.platform, $0.operation.name), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The most bytes that any of the operations takes.
  public var largest: Int { receivers.values.map(\.operation.largest).max() ?? 0 }

  func receiver(_ platform: String, _ operation: String) -> InboundReceiver? {
    receivers[Self.place(platform, operation)]
  }

  private static func place(_ platform: String, _ operation: String) -> String { "\(platform)/\(operation)" }

  /// In a fixed order.
  public var counts: [InboundCount] {
    counted.withLock { $0 }.map { key, count in
      InboundCount(platform: key.platform, operation: key.operation, result: key.result, count: count)
    }.sorted { ($0.platform, $0.operation, $0.result) < ($1.platform, $1.operation, $1.result) }
  }

  /// Takes one call. Never throws: whatever goes wrong is an answer of the manifest's.
  ///
  /// - Returns: nil where no such operation is declared.
  public func receive(
    _ request: InboundRequest, platform: String, operation: String, requestID: String
  ) async -> InboundReception? {
    guard let receiver = receiver(platform, operation) else { return nil }
    let reception = await receive(request, by: receiver, requestID)
    let result = reception.refusal?.kind.rawValue ?? (reception.isDuplicate ? "duplicate" : "done")
    let key = InboundCount.Key(platform: platform, operation: operation, result: result)
    counted.withLock { $0[key, default: 0] += 1 }
    return reception
  }

  private func receive(
    _ request: InboundRequest, by receiver: InboundReceiver, _ requestID: String
  ) async -> InboundReception {
    let time = now()
    func forgotten(_ refusal: InboundRefusal) -> InboundReception {
      InboundReception(
        reply: receiver.answer(request, refusal, exchange: nil, at: time), refusal: refusal,
        isDuplicate: false, exchange: nil)
    }
    guard gate.admits(request.remoteAddress, at: time) else {
      return forgotten(InboundRefusal(.unavailable, "too many calls of its address have shown nobody"))
    }
    let admission: InboundAdmission
    do throws(InboundRefusal) {
      guard request.body.count <= receiver.operation.largest else {
        throw InboundRefusal(.unauthenticated, "its body is larger than \(receiver.operation.largest) bytes")
      }
      admission = try receiver.admit(request, at: time)
    } catch {
      gate.note(request.remoteAddress, at: time)
      return forgotten(error)
    }
    let kept = Kept()
    let refusal: InboundRefusal
    do {
      let reception = try await Self.within(receiver.operation.within) {
        try await self.take(request, by: receiver, admission, requestID, kept)
      }
      if let reception { return reception }
      refusal = InboundRefusal(.unavailable, "the time for the answer is over")
    } catch let error as InboundRefusal {
      refusal = error
    } catch {
      refusal = InboundRefusal(
        .unavailable, "it could not be kept: \((error as? DatabaseError)?.code.rawValue ?? "internal")")
    }
    guard let (begun, exchange) = kept.value else { return forgotten(refusal) }
    let reply = receiver.answer(request, refusal, exchange: begun.exchange, at: time)
    settle(reply, refusal, begun, exchange, receiver)
    return InboundReception(
      reply: reply, refusal: refusal, isDuplicate: begun.isKnown, exchange: begun.exchange)
  }

  /// What of a call is in the journal by now.
  private final class Kept: Sendable {
    private let state = Mutex<(Begun, Exchange)?>(nil)
    var value: (Begun, Exchange)? { state.withLock { $0 } }
    func set(_ begun: Begun, _ exchange: Exchange) { state.withLock { $0 = (begun, exchange) } }
  }

  /// Enters what the platform was told of a call that is in the journal and was not acted upon. It is answered before, since its
  /// time is over; should this fail, or the process die, the queue concludes the exchange when it acts on the call.
  private func settle(
    _ reply: InboundReply, _ refusal: InboundRefusal, _ begun: Begun, _ exchange: Exchange,
    _ receiver: InboundReceiver
  ) {
    Task {
      do {
        try await database.writeRegardless { transaction in
          let time = self.now()
          let row = try self.require(begun.call, transaction)
          try self.tell(reply, refusal, begun.exchange, exchange, transaction, time)
          // Somebody else has acted on it meanwhile.
          if row.isDone, row.exchange == begun.exchange {
            try self.journal.conclude(begun.exchange, .succeeded, nil, in: transaction, now: time)
          }
        }
      } catch {
        lost(
          LostAnswer(
            platform: receiver.platform, operation: receiver.operation.name, exchange: begun.exchange,
            status: reply.status, reason: (error as? DatabaseError)?.code.rawValue ?? "internal"))
      }
    }
  }

  private func take(
    _ request: InboundRequest, by receiver: InboundReceiver, _ admission: InboundAdmission,
    _ requestID: String, _ kept: Kept
  ) async throws -> InboundReception {
    let exchange = receiver.exchange(request, requestID: requestID, at: now())
    let identity = keys.blindIndex.token("inbound.call", receiver.identity(of: request))
    let begun = try await database.write { transaction in
      try self.begin(exchange, identity, admission, receiver, transaction)
    }
    if let reply = begun.reply {
      return InboundReception(reply: reply, refusal: nil, isDuplicate: true, exchange: begun.exchange)
    }
    kept.set(begun, exchange)
    // From here on the queue has it too: whatever happens to this process, it is acted upon.
    let deed = try await prepare(
      InboundArrival(
        receiver: receiver, request: request, exchange: begun.exchange, received: exchange.created))
    return try await database.write { transaction in
      try self.act(on: deed, begun, request, exchange, receiver, transaction)
    }
  }

  private func prepare(_ arrival: InboundArrival) async throws -> Result<InboundDeed, InboundRefusal> {
    do {
      return .success(try await consumer(arrival.receiver).prepare(arrival))
    } catch let refusal as InboundRefusal {
      return .failure(refusal)
    }
  }

  private func act(
    on prepared: Result<InboundDeed, InboundRefusal>, _ begun: Begun, _ request: InboundRequest,
    _ exchange: Exchange, _ receiver: InboundReceiver, _ transaction: Transaction
  ) throws -> InboundReception {
    let time = now()
    let row = try require(begun.call, transaction)
    if let reply = try done(row) {
      try tell(reply, nil, begun.exchange, exchange, transaction, time)
      return InboundReception(reply: reply, refusal: nil, isDuplicate: true, exchange: begun.exchange)
    }
    let deed: InboundDeed
    do {
      deed = try prepared.get()
      try deed.act(transaction, time)
    } catch let refusal as InboundRefusal {
      let reply = receiver.answer(request, refusal, exchange: row.exchange, at: time)
      try refuse(row, refusal, transaction, time)
      try tell(reply, refusal, begun.exchange, exchange, transaction, time)
      return InboundReception(
        reply: reply, refusal: refusal, isDuplicate: begun.isKnown, exchange: begun.exchange)
    }
    let reply = receiver.answer(
      request, nil, exchange: row.exchange, records: deed.records, at: time)
    try end(row, reply, transaction, time)
    try endWork(of: row, transaction, time)
    try tell(reply, nil, begun.exchange, exchange, transaction, time)
    // The one that brought it first had no answer, or another.
    if row.exchange != begun.exchange {
      try journal.conclude(row.exchange, .succeeded, nil, in: transaction, now: time)
    }
    return InboundReception(reply: reply, refusal: nil, isDuplicate: false, exchange: begun.exchange)
  }

  func consumer(_ receiver: InboundReceiver) throws -> any InboundConsumer {
    guard let consumer = consumers[receiver.operation.purpose] else {
      throw InboundRefusal(
        .unfit, "nobody here acts on '\(receiver.operation.purpose.rawValue)'",
        remedy: "run a gateway that does, and release the work")
    }
    return consumer
  }

  /// What `body` gives, or nil when the time was over before it had begun to write. What it had begun it ends: then the
  /// platform is told what the journal says it was told.
  private static func within<Value: Sendable>(
    _ time: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: time)
        return nil
      }
      defer { group.cancelAll() }
      if let value = try await group.next() ?? nil { return value }
      group.cancelAll()
      do {
        return try await group.next() ?? nil
      } catch is CancellationError {
        return nil
      }
    }
  }
}
