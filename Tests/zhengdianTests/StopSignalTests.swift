import Synchronization
import Testing

@testable import zhengdian

@Suite struct StopSignalTests {
  @Test func callsBackOnceAndOnlyWhileSomebodyListens() async {
    let stop = StopSignal()
    let calls = Mutex(0)
    #expect(!stop.request())
    let value = await stop.whileRunning {
      #expect(stop.request())
      // The second one is for the system.
      #expect(!stop.request())
      return 7
    } onStop: {
      calls.withLock { $0 += 1 }
    }
    #expect(value == 7)
    #expect(calls.withLock { $0 } == 1)
    #expect(!stop.request())
  }

  @Test func stopsListeningWhenTheWorkFails() async {
    let stop = StopSignal()
    await #expect(throws: TestFailure.self) {
      try await stop.whileRunning {
        throw TestFailure("no")
      } onStop: {
      }
    }
    #expect(!stop.request())
    // Somebody else may listen now.
    await stop.whileRunning {
      #expect(stop.request())
    } onStop: {
    }
  }
}
