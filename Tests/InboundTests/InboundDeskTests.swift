import Adapters
import CivilTime
import Crypto
import Exchanges
@testable import Inbound
import Journal
import Registry
import SQLDatabase
import Synchronization
import TestSupport
import Testing
import Work

/// Calls are kept before they are acted upon, acted upon once, and answered alike.
@Suite struct InboundDeskTests {
  @Test func aCallIsKeptActedUponAndAnswered() async throws {
    let bench = try await InboundBench()
    let reception = try await bench.receive(bench.request("A1"), by: bench.desk())
    #expect(reception.refusal == nil && reception.reply.status == 200 && !reception.isDuplicate)
    #expect(try await bench.acted() == ["A1 accepted"])
    let exchange = try #require(try await bench.exchanges().first)
    #expect(exchange.direction == .inbound && exchange.outcome == .succeeded && exchange.status == 200)
    #expect(exchange.answered != nil && exchange.requestSize > 0)
    let kept = try await bench.journal.exchange(exchange.id)
    #expect(kept.responseBody == reception.reply.body)
    #expect(kept.requestHeaders.first { $0.name == "X-Sign" }?.value == "REDACTED")
    #expect(kept.requestHeaders.first { $0.name == "X-Nonce" }?.value == "n1")
    // Nothing is left to do.
    #expect(try await bench.work().allSatisfy { $0.state == .cancelled })
    #expect(bench.desk().counts.isEmpty)
  }

  @Test func theSameAgainIsAnsweredByteForByteAndActedUponOnce() async throws {
    let bench = try await InboundBench()
    let desk = bench.desk()
    let first = try await bench.receive(bench.request("A1"), by: desk)
    bench.clock.withLock { $0 = $0.advanced(bySeconds: 60) }
    // Another nonce, another time, another process: still the same.
    let second = try await bench.receive(bench.request("A1"), by: bench.desk())
    #expect(second.isDuplicate && second.refusal == nil)
    #expect(second.reply == first.reply)
    #expect(try await bench.acted() == ["A1 accepted"])
    let exchanges = try await bench.exchanges()
    #expect(exchanges.count == 2 && exchanges[1].parent == exchanges[0].id && exchanges[1].status == 200)
    // What differs in what the manifest names is another.
    _ = try await bench.receive(bench.request("A1", "11"), by: desk)
    #expect(try await bench.acted() == ["A1 accepted", "A1 approved"])
    #expect(desk.counts.map { "\($0.result) \($0.count)" } == ["done 2"])
  }

  @Test func manyAtOnceAreActedUponOnce() async throws {
    let bench = try await InboundBench()
    let replies = try await withThrowingTaskGroup(of: InboundReply.self) { group in
      for index in 0..<16 {
        let desk = bench.desk()
        let request = bench.request("A\(index % 2 + 1)")
        group.addTask { try await bench.receive(request, by: desk).reply }
      }
      return try await group.reduce(into: Set<InboundReply>()) { $0.insert($1) }
    }
    #expect(try await bench.acted().sorted() == ["A1 accepted", "A2 accepted"])
    #expect(replies.count == 2)
    #expect(try await bench.exchanges().count == 16)
  }

  /// The process dies behind each of its steps; the queue, or the platform's own repetition, ends what it began.
  @Test(arguments: [true, false]) func whatAProcessLeftIsActedUponOnce(_ platformRepeats: Bool) async throws {
    let bench = try await InboundBench()
    let dead = bench.desk()
    let request = bench.request("A1")
    let admission = try bench.receiver.admit(request, at: bench.clock.withLock { $0 })
    let exchange = bench.receiver.exchange(request, requestID: "r-00000001", at: bench.clock.withLock { $0 })
    let identity = bench.keys.blindIndex.token("inbound.call", bench.receiver.identity(of: request))
    let begun = try await bench.database.write { transaction in
      try dead.begin(exchange, identity, admission, bench.receiver, transaction)
    }
    #expect(try await bench.acted().isEmpty)
    #expect(try await bench.exchanges().map(\.outcome) == [.unknown])
    let undone = try await bench.database.read { try InboundDesk.undone(among: [begun.exchange], in: $0) }
    #expect(undone == [begun.exchange])
    let item = try #require(try await bench.work().first)
    // Whoever answers has its time first.
    #expect(item.due > bench.clock.withLock { $0 }.advanced(bySeconds: 5))

    let alive = bench.desk()
    if platformRepeats {
      #expect(try await bench.receive(request, by: alive).refusal == nil)
    } else {
      #expect(try await bench.perform(item.id, by: alive) == nil)
    }
    #expect(try await bench.acted() == ["A1 accepted"])
    #expect(try await bench.exchanges().allSatisfy { $0.outcome == .succeeded })
    // And whatever comes later finds it done.
    let again = try await bench.receive(request, by: bench.desk())
    #expect(again.isDuplicate && again.refusal == nil && again.reply.status == 200)
    #expect(try await bench.acted() == ["A1 accepted"])
    #expect(try await bench.work().allSatisfy { $0.state == .cancelled || $0.state == .done })
  }

  @Test func whatNobodyKnowsIsKeptRefusedParkedAndActedUponWhenItIsReleased() async throws {
    let bench = try await InboundBench()
    let desk = bench.desk()
    let refused = try await bench.receive(bench.request("B1"), by: desk)
    #expect(refused.refusal?.kind == .unknown && refused.reply.status == 422)
    #expect(String(decoding: refused.reply.body, as: UTF8.self) == #"{"code":"unknown"}"#)
    let exchange = try #require(try await bench.exchanges().first)
    #expect(exchange.outcome == .rejected && exchange.problemCode == "inbound-unknown")
    let item = try #require(try await bench.work().first)
    #expect(try await bench.perform(item.id, by: desk)?.errorClass == .data)
    #expect(try await bench.work().map(\.state) == [.parked])
    // The platform says it again: it is refused again, and stays with the operator.
    #expect(try await bench.receive(bench.request("B1"), by: desk).refusal?.kind == .unknown)
    #expect(try await bench.work().map(\.state) == [.parked])

    _ = bench.known.withLock { $0.insert("B1") }
    let now = bench.clock.withLock { $0 }
    _ = try await bench.database.write { transaction in
      try bench.queue.decide(.release, about: item.id, in: transaction, now: now)
    }
    #expect(try await bench.perform(item.id, by: desk) == nil)
    #expect(try await bench.acted() == ["B1 accepted"])
    #expect(try await bench.exchanges().map(\.outcome) == [.succeeded, .rejected])
    let again = try await bench.receive(bench.request("B1"), by: desk)
    #expect(again.refusal == nil && again.reply.status == 200)
    #expect(try await bench.acted() == ["B1 accepted"])
  }

  @Test(arguments: [
    (#"{"no":"A1","state":"77"}"#, InboundRefusal.Kind.unclear), (#"{"no":"A1"}"#, .malformed),
    (#"{"state":"3"}"#, .malformed), (#"{"no":"A1","state":"3","at":"soon"}"#, .malformed),
    (#"{"no":"A1","sta"#, .malformed), ("", .malformed),
  ])
  func whatCannotBeReadIsKept(_ body: String, _ kind: InboundRefusal.Kind) async throws {
    let bench = try await InboundBench()
    let reception = try await bench.receive(bench.request("", body: body), by: bench.desk())
    #expect(reception.refusal?.kind == kind)
    let exchange = try #require(try await bench.exchanges().first)
    #expect(try await bench.journal.body(exchange.id, .request) == Array(body.utf8))
    #expect(exchange.problemCode == "inbound-\(kind.rawValue)")
    #expect(try await bench.work().count == 1)
    #expect(try await bench.acted().isEmpty)
  }

  @Test func strangersAreForgottenAndHeldBack() async throws {
    let bench = try await InboundBench()
    let desk = bench.desk()
    for _ in 0..<30 {
      let reception = try await bench.receive(bench.request("A1", key: "guess"), by: desk)
      #expect(reception.refusal?.kind == .unauthenticated && reception.reply.status == 401)
      #expect(reception.exchange == nil)
    }
    #expect(try await bench.exchanges().isEmpty)
    #expect(try await bench.work().isEmpty)
    // Even the right key is not tried any more from there, but from elsewhere.
    #expect(try await bench.receive(bench.request("A1"), by: desk).refusal?.kind == .unavailable)
    #expect(try await bench.receive(bench.request("A2", from: "10.0.0.2"), by: desk).refusal == nil)
    bench.clock.withLock { $0 = $0.advanced(bySeconds: 61) }
    #expect(try await bench.receive(bench.request("A1"), by: desk).refusal == nil)
  }

  @Test func aNonceComesOnce() async throws {
    let bench = try await InboundBench()
    let desk = bench.desk()
    let first = bench.request("A1", nonce: "once")
    #expect(try await bench.receive(first, by: desk).refusal == nil)
    // The platform's own repetition.
    #expect(try await bench.receive(first, by: desk).isDuplicate)
    let other = try await bench.receive(bench.request("A2", nonce: "once"), by: desk)
    #expect(other.refusal?.kind == .unauthenticated && other.exchange == nil)
    #expect(try await bench.acted() == ["A1 accepted"])
    // What somebody kept is too old by the time its nonce is forgotten.
    bench.clock.withLock { $0 = $0.advanced(bySeconds: 301) }
    #expect(try await bench.receive(first, by: desk).refusal?.kind == .unauthenticated)
    #expect(try await bench.receive(bench.request("A2", nonce: "once"), by: desk).refusal == nil)
  }

  /// In whatever order known and unknown calls come, are repeated, and are looked after: each is acted upon at most once, and none that
  /// was acted upon is answered otherwise than at first.
  @Test(arguments: 0..<12) func anyOrderActsOnce(_ seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let bench = try await InboundBench()
    var answers: [String: InboundReply] = [:]
    let names = ["A1", "A2", "B1", "B2"]
    for _ in 0..<40 {
      let name = names.randomElement(using: &random) ?? "A1"
      switch Int.random(in: 0..<5, using: &random) {
      case 0: _ = bench.known.withLock { $0.insert(name) }
      case 1:
        let open = try await bench.work().filter { $0.state == .ready || $0.state == .parked }
        if let item = open.randomElement(using: &random) {
          _ = try await bench.perform(item.id, by: bench.desk())
        }
      default:
        let state = Bool.random(using: &random) ? "3" : "11"
        let reception = try await bench.receive(bench.request(name, state), by: bench.desk())
        guard reception.refusal == nil else { continue }
        if let before = answers[name + state] { #expect(before == reception.reply) }
        answers[name + state] = reception.reply
      }
      bench.clock.withLock { $0 = $0.advanced(bySeconds: Int.random(in: 0..<100, using: &random)) }
    }
    let acted = try await bench.acted()
    #expect(Set(acted).count == acted.count)
    #expect(acted.count >= answers.count)
    #expect(try await bench.exchanges().allSatisfy { $0.status != nil })
  }
}

/// Answers stay what they were when the keys change.
@Suite struct InboundResealingTests {
  @Test func aRotationLeavesTheAnswersAsTheyWere() async throws {
    let bench = try await InboundBench()
    let first = try await bench.receive(bench.request("A1"), by: bench.desk())
    let keys = try await RegistryKeys.rotate(bench.database, ring: bench.ring)
    let step = try await InboundDesk.resealOutdated(bench.database, keys.sealer, after: 0, limit: 10)
    #expect(step.next == nil && step.resealed == 1)
    let again = try await InboundDesk.resealOutdated(bench.database, keys.sealer, after: 0, limit: 10)
    #expect(again.resealed == 0)
    let desk = InboundDesk(
      database: bench.database, journal: bench.journal, queue: bench.queue, keys: keys,
      receivers: [bench.receiver], consumers: [:])
    let row = try await bench.database.read { try desk.require(1, $0) }
    #expect(try desk.done(row) == first.reply)
  }
}
