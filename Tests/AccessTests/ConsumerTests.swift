import Access
import Testing

@Suite struct ConsumerTests {
  private static let key = "0123456789-abcdefghijklmnopqrstuvwxyz"

  private static func consumer(_ name: String) -> Consumer {
    Consumer(name: name, scopes: [.certificatesSearch], purposes: [:], rate: .standard)
  }

  @Test func consumersAreKnownByTheirKeys() throws {
    var directory = ConsumerDirectory()
    try directory.add(Self.consumer("marketing"), key: Self.key)
    try directory.add(Self.consumer("marketing"), key: Self.key + "-2")
    try directory.add(Self.consumer("service"), key: Self.key + "-3")
    #expect(directory.names == ["marketing", "service"])
    #expect(directory.consumer(withKey: Self.key + "-2")?.name == "marketing")
    #expect(directory.consumer(withKey: Self.key + "-3")?.name == "service")
    #expect(directory.consumer(withKey: Self.key + "-4") == nil)
    #expect(directory.consumer(withKey: "") == nil)
  }

  @Test func aKeyBelongsToOneConsumer() throws {
    var directory = ConsumerDirectory()
    try directory.add(Self.consumer("marketing"), key: Self.key)
    let refusal = #expect(throws: ConsumerDirectory.Refusal.self) {
      try directory.add(Self.consumer("service"), key: Self.key)
    }
    #expect(refusal == .taken(by: "marketing"))
  }

  @Test(arguments: ["", "short", String(repeating: "a", count: 64), "0123456789 abcdefghijklmnopqrstuvwxyz"])
  func keysThatCouldBeGuessedAreRefused(_ key: String) {
    var directory = ConsumerDirectory()
    let refusal = #expect(throws: ConsumerDirectory.Refusal.self) {
      try directory.add(Self.consumer("marketing"), key: key)
    }
    #expect(refusal == .weak && directory.names.isEmpty)
  }

  @Test func aRateIsHeldOnTheAverage() {
    let start = ContinuousClock.now
    let limiter = RateLimiter(RequestRate(perSecond: 20), now: start)
    var allowed = 0
    // Ten seconds, a thousand attempts a second.
    for tick in 0..<10_000 {
      if limiter.take(at: start + .milliseconds(tick)) == .allowed { allowed += 1 }
    }
    #expect((200...221).contains(allowed))
    while limiter.take(at: start + .seconds(10)) == .allowed {}
    #expect(limiter.take(at: start + .seconds(10)) == .wait(seconds: 1))
    // After a rest no more than a burst.
    let later = start + .seconds(3600)
    #expect((0..<100).filter { _ in limiter.take(at: later) == .allowed }.count == 20)
  }
}
