import Adapters
import Exchanges
import Glibc
@testable import Inbound
import Journal
import SQLDatabase
import Synchronization
import TestSupport
import Testing
import Work

/// Platforms wait for so long only: they are answered in time, and the journal knows what they were told.
@Suite struct InboundTimeTests {
  /// Holds the database's writer until it is let go.
  private final class Hold: Sendable {
    private let state = Mutex((isAsked: false, isHeld: false, isOver: false))

    var isAsked: Bool { state.withLock { $0.isAsked } }
    var isHeld: Bool { state.withLock { $0.isHeld } }

    func end() { state.withLock { $0.isOver = true } }

    /// Returns when the writer was let go again.
    ///
    /// - Parameter last: what it does then.
    func run(_ database: Database, last: String? = nil) async throws {
      state.withLock { $0.isAsked = true }
      try await database.writeRegardless { transaction in
        self.state.withLock { $0.isHeld = true }
        while !self.state.withLock({ $0.isOver }) { usleep(500) }
        if let last { try transaction.execute(last) }
      }
    }

    func untilHeld() async throws {
      while !isHeld { try await Task.sleep(for: .milliseconds(1)) }
    }
  }

  /// Nothing of it is in the journal, and nothing of it happens later by itself.
  @Test func whatCannotBeKeptInTimeIsRefusedAndForgotten() async throws {
    let bench = try await InboundBench(within: "200ms")
    let hold = Hold()
    let holding = Task { try await hold.run(bench.database) }
    try await hold.untilHeld()
    let request = bench.request("A1")
    let late = try await bench.receive(request, by: bench.desk())
    #expect(late.refusal?.kind == .unavailable && late.exchange == nil && !late.isDuplicate)
    #expect(
      late.reply.status == 422 && String(decoding: late.reply.body, as: UTF8.self).contains("unavailable"))
    hold.end()
    try await holding.value
    #expect(try await bench.exchanges().isEmpty)
    #expect(try await bench.acted().isEmpty)
    #expect(try await bench.work().isEmpty)
    // The platform says it again, with the same nonce.
    #expect(try await bench.receive(request, by: bench.desk()).refusal == nil)
    #expect(try await bench.receive(request, by: bench.desk()).isDuplicate)
    #expect(try await bench.acted() == ["A1 accepted"])
  }

  /// It is in the journal and cannot be acted upon in time: the platform is told to come again, the journal has what it was
  /// told, and it is acted upon once, by the queue or by the repetition, whichever is first.
  @Test(arguments: [true, false]) func whatWasKeptIsAnsweredInTime(_ platformRepeats: Bool) async throws {
    let bench = try await InboundBench(within: "400ms")
    let hold = Hold()
    let looked = Atomic(0)
    let holding = Mutex<Task<Void, any Error>?>(nil)
    bench.ticked.withLock { ticked in
      ticked = {
        // When it comes, when it is described, and in the transaction that keeps it: the next one has to wait.
        guard looked.add(1, ordering: .relaxed).newValue == 3 else { return }
        holding.withLock { $0 = Task { try await hold.run(bench.database) } }
        while !hold.isAsked { usleep(500) }
        // From there it has a few instructions left until it stands in the line.
        usleep(50_000)
      }
    }
    let desk = bench.desk()
    let request = bench.request("A1")
    let late = try await bench.receive(request, by: desk)
    #expect(hold.isHeld, "it was kept, and the writer was somebody else's then")
    #expect(late.refusal?.kind == .unavailable && late.reply.status == 422)
    let id = try #require(late.exchange)
    #expect(try await bench.exchanges().map(\.outcome) == [.unknown])
    #expect(try await bench.acted().isEmpty)
    bench.ticked.withLock { $0 = nil }
    hold.end()
    try await holding.withLock { $0 }?.value
    while try await bench.exchanges().first?.outcome == .unknown {
      try await Task.sleep(for: .milliseconds(1))
    }
    let settled = try #require(try await bench.exchanges().first)
    #expect(settled.id == id && settled.outcome == .rejected && settled.problemCode == "inbound-unavailable")
    #expect(settled.status == 422 && settled.answered != nil)
    #expect(try await bench.journal.body(id, .response) == late.reply.body)
    #expect(try await bench.acted().isEmpty, "it is not acted upon behind the platform's back at once")
    // Not at once: whoever answers has its time first.
    let item = try #require(try await bench.work().first)
    #expect(item.state == .ready && item.due > bench.clock.withLock { $0 })
    if platformRepeats {
      let again = try await bench.receive(request, by: desk)
      #expect(again.refusal == nil && again.reply.status == 200)
    } else {
      bench.clock.withLock { $0 = item.due }
      #expect(try await bench.perform(item.id, by: desk) == nil)
    }
    #expect(try await bench.acted() == ["A1 accepted"])
    #expect(try await bench.exchanges().map(\.outcome).allSatisfy { $0 == .succeeded })
    #expect(try await bench.exchanges().first?.status == 422, "what it was told stays")
    let last = try await bench.receive(request, by: bench.desk())
    #expect(last.isDuplicate && last.refusal == nil)
    #expect(try await bench.acted() == ["A1 accepted"])
  }

  /// The answer of a call whose time was over cannot be written down: the platform has it, and somebody is told.
  @Test func anAnswerThatIsNotKeptIsTold() async throws {
    let bench = try await InboundBench(within: "400ms")
    let hold = Hold()
    let looked = Atomic(0)
    let holding = Mutex<Task<Void, any Error>?>(nil)
    bench.ticked.withLock { ticked in
      ticked = {
        guard looked.add(1, ordering: .relaxed).newValue == 3 else { return }
        holding.withLock {
          $0 = Task { try await hold.run(bench.database, last: "ALTER TABLE inbound_call RENAME TO gone") }
        }
        while !hold.isAsked { usleep(500) }
        usleep(50_000)
      }
    }
    let lost = Mutex<[LostAnswer]>([])
    let late = try await bench.receive(
      bench.request("A1"), by: bench.desk { one in lost.withLock { $0.append(one) } })
    #expect(late.refusal?.kind == .unavailable && late.exchange != nil)
    hold.end()
    try await holding.withLock { $0 }?.value
    while lost.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(1)) }
    let told = try #require(lost.withLock { $0.first })
    #expect(told.platform == "window" && told.operation == "progress" && told.exchange == late.exchange)
    #expect(told.status == late.reply.status && !told.reason.isEmpty && told.reason != "internal")
  }

  /// What had begun when the time was over is ended: the platform gets its answer a little later.
  @Test func whatIsBeingActedUponIsAnswered() async throws {
    let bench = try await InboundBench(within: "100ms")
    let looked = Atomic(0)
    bench.ticked.withLock { ticked in
      ticked = { if looked.add(1, ordering: .relaxed).newValue == 4 { usleep(300_000) } }
    }
    let reception = try await bench.receive(bench.request("A1"), by: bench.desk())
    #expect(reception.refusal == nil && reception.reply.status == 200)
    #expect(looked.load(ordering: .relaxed) >= 4)
    #expect(try await bench.acted() == ["A1 accepted"])
    #expect(try await bench.exchanges().map(\.outcome) == [.succeeded])
  }
}
