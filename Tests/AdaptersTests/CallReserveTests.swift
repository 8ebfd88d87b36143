@testable import Adapters
import CivilTime
import Documents
import Exchanges
import Synchronization
import TestSupport
import Testing

/// Laws of the reserve of a day's calls, and that clients keep it.
@Suite struct CallReserveTests {
  private static let midnight = Timestamp(iso8601: "2026-03-04T00:00:00+08:00")!

  @Test func whatIsUrgentHasAllCallsAndTheOthersEverMore() {
    var chance = SplitMix64(seed: 11)
    for _ in 0..<2000 {
      let daily = Int.random(in: 1...10_000, using: &chance)
      let reserve = CallReserve(Int.random(in: 0..<daily, using: &chance))
      let now = Self.midnight.advanced(bySeconds: Int.random(in: 0..<86_400, using: &chance))
      let later = now.advanced(bySeconds: Int.random(in: 0..<86_400, using: &chance))
      let today = Self.midnight.advanced(bySeconds: 86_400)
      let usual = reserve.limit(of: daily, due: nil, at: now)
      #expect(reserve.limit(of: daily, due: Self.midnight, at: now) == daily, "late is urgent")
      #expect(reserve.limit(of: daily, due: today, at: now) == daily, "the midnight after the last day")
      #expect(reserve.limit(of: daily, due: today.advanced(byMilliseconds: 1), at: now) == usual)
      #expect((daily - reserve.calls...daily).contains(usual) && usual > 0)
      if later < today { #expect(reserve.limit(of: daily, due: nil, at: later) >= usual) }
      let wait = reserve.secondsUntilLess(at: now)
      #expect(wait >= 1 && now.advanced(bySeconds: wait) <= today)
      if now.advanced(bySeconds: wait) < today {
        #expect(reserve.kept(at: now.advanced(bySeconds: wait)) == reserve.kept(at: now) - 1)
        #expect(reserve.kept(at: now.advanced(bySeconds: wait - 1)) == reserve.kept(at: now))
      }
    }
    let reserve = CallReserve(100)
    #expect(reserve.limit(of: 1000, due: nil, at: Self.midnight) == 900)
    #expect(reserve.limit(of: 1000, due: nil, at: Self.midnight.advanced(bySeconds: 43_200)) == 950)
    #expect(reserve.limit(of: 1000, due: nil, at: Self.midnight.advanced(bySeconds: 86_399)) == 999)
  }

  /// Many who wait do not all come again for each call that is given back, and nobody is kept away for long by others, who may not come.
  @Test func eachWaitsForACallOfItsOwn() {
    var chance = SplitMix64(seed: 13)
    for _ in 0..<300 {
      let reserve = CallReserve(Int.random(in: 1...500, using: &chance))
      let now = Self.midnight.advanced(bySeconds: Int.random(in: 0..<86_400, using: &chance))
      var givenBack = GivenBack()
      var looks: [Int: Int] = [:]
      func wait(_ operation: String?, _ call: Int, at now: Timestamp, due: Timestamp? = nil) -> Int {
        givenBack.wait(for: operation, about: "\(call)", due: due, reserve, at: now)
      }
      let (midnight, first) = (CallReserve.secondsLeft(at: now), reserve.secondsUntilLess(at: now))
      for call in 0..<1000 { looks[wait(nil, call, at: now), default: 0] += 1 }
      #expect(looks.allSatisfy { wait, count in wait == midnight || count <= 2 })
      #expect(looks.keys.allSatisfy { (first...min(midnight, first + GivenBack.longest)).contains($0) })
      #expect(wait(nil, 0, at: now) == first, "who asks early keeps its place")
      #expect(
        wait(nil, 2000, at: now, due: now.advanced(bySeconds: 200_000)) == first, "what is due is before")
      // An operation with a reserve of its own is counted by itself, and another day too.
      #expect(wait("ask", 500, at: now) == first)
      let tomorrow = now.advanced(bySeconds: 86_400)
      #expect(wait(nil, 500, at: tomorrow) == reserve.secondsUntilLess(at: tomorrow))
      // A clock that was set back leaves nobody behind what was told before.
      let before = now.advanced(bySeconds: -7200)
      #expect(wait(nil, 500, at: before) == reserve.secondsUntilLess(at: before))
    }
  }

  /// Of many questions of the morning and a push that comes later and is due sooner the push goes first; all go before anything is lost.
  @Test func whatIsGivenBackGoesByWhatIsDue() {
    let reserve = CallReserve(50)
    let start = Self.midnight.advanced(bySeconds: 9 * 3600)
    let second = 6 * 60
    var givenBack = GivenBack()
    var times: [String: Int] = ["push": second]
    for number in 0..<30 { times["question \(number)"] = 0 }
    var waited: [String: Int] = [:]
    var gone: [(call: String, at: Int)] = []
    // Those that are due later come first where both come at once.
    while let (call, at) = times.min(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
      let now = start.advanced(bySeconds: at)
      if gone.count < reserve.kept(at: start) - reserve.kept(at: now) {
        gone.append((call, at))
        times[call] = nil
        continue
      }
      let due = Self.midnight.advanced(bySeconds: (call == "push" ? 2 : 20) * 86_400)
      let wait = givenBack.wait(for: nil, about: call, due: due, reserve, at: now)
      waited[call] = max(waited[call] ?? 0, wait)
      times[call] = at + wait
    }
    #expect(gone.count == 31 && gone.allSatisfy { $0.at < 15 * 3600 })
    #expect(gone.prefix(2).contains { $0.call == "push" }, "\(gone.prefix(3))")
    #expect(waited.values.allSatisfy { $0 <= reserve.step + GivenBack.longest })
    // Each call that is given back is used before the one after the next.
    for (place, one) in gone.enumerated() {
      #expect(one.at <= 432 + (place + 3) * reserve.step, "\(one)")
    }
  }

  /// Whatever order calls come in, what is due today is refused only when the day has no call left at all.
  @Test func aDayOfCallsInAnyOrderKeepsTheReserve() {
    var chance = SplitMix64(seed: 12)
    for _ in 0..<300 {
      let daily = Int.random(in: 5...60, using: &chance)
      let reserve = CallReserve(Int.random(in: 1..<daily, using: &chance))
      var (used, second) = (0, 0)
      while second < 86_400 {
        let now = Self.midnight.advanced(bySeconds: second)
        let due: Timestamp? = Int.random(in: 0..<4, using: &chance) == 0 ? now : nil
        let isAllowed = used < reserve.limit(of: daily, due: due, at: now)
        if due != nil { #expect(isAllowed == (used < daily)) }
        if due == nil, isAllowed { #expect(used < daily - reserve.kept(at: now)) }
        if isAllowed { used += 1 }
        second += Int.random(in: 1...3000, using: &chance)
      }
      #expect(used <= daily)
    }
  }

  @Test func anUrgentCallHasTheReserveAndAPullHasNot() async throws {
    // Midnight: all of the reserve is kept.
    let bench = try PlatformLimitTests.bench("{daily: 6, reserve: 3}", at: "2026-03-04T00:00:00+08:00")
    let error = try #require(await PlatformLimitTests.exhaust(bench))
    #expect(error.code == .limit && error.errorClass == .rate)
    // Three calls are kept at midnight: one of them is given back each third of the day.
    #expect(error.retryAfter == 28_800)
    #expect(bench.ledger.all.map(\.exchange.operation) == ["token.access", "deeds", "deeds"])
  }

  @Test func pushesThatAreDueTodayHaveIt() async throws {
    let manifest = PushClientTests.manifest + "\nlimits: {daily: 6, reserve: 3}"
    try await PushClientTests.run(
      manifest: manifest, at: Self.midnight, { _ in json(#"{"code":"0","no":"N1"}"#) }
    ) { client in
      func push(due: Timestamp?) async throws -> String {
        var call = PushClientTests.call
        call.due = due
        let answer = try await PushClientTests.push(client, PushLedger(), call: call).answer
        return answer.error?.code == .limit ? "limit" : answer.word
      }
      // The token is a call of the day as well.
      var words: [String] = []
      for _ in 0..<3 { words.append(try await push(due: nil)) }
      #expect(words == ["accepted", "accepted", "limit"])
      for _ in 0..<4 { words.append(try await push(due: Self.midnight.advanced(bySeconds: 86_400))) }
      #expect(words.suffix(4) == ["accepted", "accepted", "accepted", "limit"])
    }
  }

  /// The token that an urgent push needs is as urgent as the push.
  @Test func theTokenOfAnUrgentPushIsFromTheReserve() async throws {
    let manifest = PushClientTests.manifest + "\nlimits: {daily: 3, reserve: 2}"
    try await PushClientTests.run(
      manifest: manifest, at: Self.midnight, { _ in json(#"{"code":"0","no":"N1"}"#) }
    ) { client in
      // All that is not in the reserve is used up.
      try await client.limiter.withPlace("ask", verdict: { _ in .answered }) {}
      var call = PushClientTests.call
      let unhurried = try await PushClientTests.push(client, PushLedger(), call: call).answer
      #expect(unhurried.error?.code == .limit)
      call.due = Self.midnight
      #expect(try await PushClientTests.push(client, PushLedger(), call: call).answer.word == "accepted")
    }
  }

  /// It does not fail with the one that was fetched for somebody who may wait.
  @Test func anUrgentPushThatWaitsForAnothersTokenFetchesItsOwn() async throws {
    let manifest = PushClientTests.manifest + "\nlimits: {concurrency: 1, daily: 3, reserve: 2}"
    try await PushClientTests.run(
      manifest: manifest, at: Self.midnight, { _ in json(#"{"code":"0","no":"N1"}"#) }
    ) { client in
      let words = try await withThrowingTaskGroup(of: String.self) { group in
        try await client.limiter.withPlace("ask", verdict: { _ in .answered }) {
          group.addTask {
            let answer = try await PushClientTests.push(client, PushLedger(), call: PushClientTests.call)
              .answer
            return answer.error?.code == .limit ? "limit" : answer.word
          }
          while !client.tokens.flights.isUnderWay("access") { await Task.yield() }
          group.addTask {
            var call = PushClientTests.call
            call.due = Self.midnight
            return try await PushClientTests.push(client, PushLedger(), call: call).answer.word
          }
          while client.tokens.flights.waiting(for: "access") < 1 { await Task.yield() }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(words == ["limit", "accepted"])
    }
  }

  @Test func aReserveIsLessThanTheDay() throws {
    for wrong in ["{daily: 5, reserve: 5}", "{reserve: 1}"] {
      let (_, diagnostics) = ManifestTests.read(["here/p": PushClientTests.manifest + "\nlimits: \(wrong)"])
      #expect(diagnostics.all.contains { $0.description.contains("must be less than 'daily'") }, "\(wrong)")
    }
  }

  /// No published table says how many calls a platform takes a day: a number of this project's would stop a site's calls by nobody's
  /// word. Each site gives its own, in a manifest of a line upon ours.
  @Test func manifestsOfThisProjectLeaveTheDayToTheSite() throws {
    let folder = repository + "/Adapters"
    var sources = try files(below: folder, extension: ".yaml").filter { !$0.hasSuffix("/policy.yaml") }
      .map { path in
        AdapterLibrary.Source(
          name: String(path.dropFirst(folder.count + 1).dropLast(5)), file: path,
          bytes: try #require(readFile(path)))
      }
    let shipped = Set(sources.map(\.name))
    let windows = shipped.filter { $0.hasSuffix("/permits") }.sorted()
    #expect(windows.count == 5)
    for window in windows {
      let text = "adapter: site/\(window)\nextends: \(window)\nlimits: {daily: 500, reserve: 50}\n"
      sources.append(
        AdapterLibrary.Source(name: "site/\(window)", file: "site/\(window).yaml", bytes: Array(text.utf8)))
    }
    let diagnostics = Diagnostics()
    let library = AdapterLibrary(sources, diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    for adapter in library.adapters where shipped.contains(adapter.name) {
      #expect(adapter.limits.daily == nil && adapter.limits.reserve.calls == 0, "\(adapter.name)")
    }
    for window in windows {
      let own = try #require(library.adapter("site/\(window)"))
      #expect(own.limits.daily == 500 && own.limits.reserve.calls == 50, "\(window)")
      #expect(own.window?.items == library.adapter(window)?.window?.items)
    }
  }

  /// Who asks the same while it is being asked gets the same answer.
  @Test func identicalQuestionsAreOneCall() async throws {
    let gate = ConcurrencyGate(1)
    let ledger = Ledger()
    try await PushClientTests.run(
      recorder: ledger,
      { _ in
        do { try await gate.withPlace {} } catch { return json("{}", status: 500) }
        return json(#"{"code":"0","no":"N1","state":"10"}"#)
      }
    ) { client in
      let operation = try #require(client.adapter.operation("ask"))
      let (call, other) = (PushClientTests.call, "k-2")
      let question = PlatformClient.Question(operation: "ask", key: call.key, receipt: nil)
      let told = try await withThrowingTaskGroup(of: ExchangeID?.self) { group in
        try await gate.withPlace {
          for _ in 0..<10 {
            group.addTask {
              try await client.askTogether(call, operation, requestID: "r", parent: nil).exchange
            }
          }
          group.addTask {
            let call = PushCall(key: other, item: "i", message: [], attachments: [], receipt: nil)
            return try await client.askTogether(call, operation, requestID: "r", parent: nil).exchange
          }
          while client.questions.waiting(for: question) < 9 { await Task.yield() }
        }
        return try await group.reduce(into: Set<ExchangeID?>()) { $0.insert($1) }
      }
      #expect(told.count == 2 && !told.contains(nil))
      #expect(ledger.all.count { $0.exchange.operation == "ask" } == 2)
      // When it is over it is asked anew.
      _ = try await client.askTogether(call, operation, requestID: "r", parent: nil)
      #expect(ledger.all.count { $0.exchange.operation == "ask" } == 3)
    }
  }
}
