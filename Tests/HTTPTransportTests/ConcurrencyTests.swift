import HTTPTransport
import Synchronization
import TestSupport
import Testing

/// Many calls at a time, cancelled calls, and how a client ends. One after the other, because descriptors and
/// threads of the whole process are counted.
@Suite(.serialized) struct ConcurrencyTests {
  @Test func threeHundredCallsAtOnce() async throws {
    // Nobody is answered before all 300 have arrived, so they must all be under way at the same time.
    let arrived = Mutex(0)
    try await withServer({ connection in
      guard let (_, body) = connection.readRequest() else { return }
      arrived.withLock { $0 += 1 }
      while arrived.withLock({ $0 }) < 300 { pause(milliseconds: 1) }
      connection.reply(body)
      connection.waitForClose()
    }) { server in
      try await withClient(maxConnections: 400, maxConnectionsPerHost: 400) { client in
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
          for number in 0..<300 {
            group.addTask {
              let body = Array("call \(number)".utf8)
              let response = try await client.send(HTTPRequest(method: "POST", url: server.url, body: body))
              return response.body == body
            }
          }
          return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answers == 300)
        #expect(server.accepted == 300)
        let statistics = client.statistics
        #expect(statistics.completed == 300 && statistics.failed == 0 && statistics.waiting == 0)
        #expect(statistics.connectionsOpened == 300)
      }
    }
  }

  @Test func limitsPerHostHold() async throws {
    let counts = Mutex((now: 0, most: 0))
    try await withServer({ connection in
      while connection.readRequest() != nil {
        counts.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        pause(milliseconds: 1)
        counts.withLock { $0.now -= 1 }
        guard connection.reply("ok") else { return }
      }
    }) { server in
      try await withClient(maxConnectionsPerHost: 3) { client in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<60 { group.addTask { _ = try await client.send(HTTPRequest(url: server.url)) } }
          try await group.waitForAll()
        }
      }
      #expect(counts.withLock { $0.most } <= 3)
      #expect(server.accepted == 3)
    }
  }

  @Test func aSlowHostDoesNotHoldUpAnother() async throws {
    try await withServer({ $0.waitForClose() }) { slow in
      try await withServer(ExchangeTests.echo) { fast in
        try await withClient(maxConnectionsPerHost: 2) { client in
          try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
              group.addTask { _ = try await client.failure(of: HTTPRequest(url: slow.url)) }
            }
            try await until { client.statistics.waiting == 48 }
            for _ in 0..<20 { _ = try await client.send(HTTPRequest(url: fast.url)) }
            group.cancelAll()
            try await group.waitForAll()
          }
        }
      }
    }
  }

  @Test func aFullLineRefuses() async throws {
    try await withServer({ $0.waitForClose() }) { server in
      try await withClient(maxConnections: 1, maxWaitingCalls: 2) { client in
        try await withThrowingTaskGroup(of: TransportError.Code.self) { group in
          for _ in 0..<10 {
            group.addTask { try await client.failure(of: HTTPRequest(url: server.url)).code }
          }
          var refused = 0
          while refused < 7, let code = try await group.next() {
            #expect(code == .queueFull)
            refused += 1
          }
          group.cancelAll()
          while let code = try await group.next() { #expect(code == .cancelled) }
        }
        // The places are free again.
        let error = try await client.failure(
          of: HTTPRequest(url: server.url, timeouts: Timeouts(idle: .milliseconds(20))))
        #expect(error.code == .timeoutIdle)
      }
    }
  }

  @Test func cancellingEndsTheTransferAtOnce() async throws {
    let gone = AsyncStream<Void>.makeStream()
    try await withServer({ connection in
      _ = connection.readRequest()
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      connection.waitForClose()
      gone.continuation.yield()
    }) { server in
      try await withClient { client in
        let task = Task { try await client.failure(of: HTTPRequest(method: "POST", url: server.url)) }
        try await until { client.statistics.active == 1 && server.accepted == 1 }
        let start = ContinuousClock.now
        task.cancel()
        let error = try await task.value
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(error.code == .cancelled)
        // The server sees the connection close.
        for await _ in gone.stream { break }
        #expect(client.statistics.active == 0 && client.statistics.failed == 1)
      }
    }
  }

  /// The cancellation reaches the thread before or together with its call; often enough for both orders to occur.
  @Test func aCancelledTaskDoesNotCall() async throws {
    try await withServer(ExchangeTests.echo) { server in
      try await withClient { client in
        for _ in 0..<500 {
          let task = Task { () -> TransportError in
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await client.failure(of: HTTPRequest(url: server.url))
          }
          let error = try await task.value
          #expect(error.code == .cancelled && !error.requestBytesSent && error.attempts == 0)
        }
        #expect(server.accepted == 0)
      }
    }
  }

  @Test func cancellingInLineLeavesTheOthers() async throws {
    let release = Mutex(false)
    try await withServer({ connection in
      while connection.readRequest() != nil {
        while !release.withLock({ $0 }) { pause(milliseconds: 1) }
        guard connection.reply("ok") else { return }
      }
    }) { server in
      try await withClient(maxConnectionsPerHost: 1) { client in
        async let first = client.send(HTTPRequest(url: server.url))
        try await until { client.statistics.active == 1 }
        let second = Task { try await client.failure(of: HTTPRequest(url: server.url)) }
        try await until { client.statistics.waiting == 1 }
        async let third = client.send(HTTPRequest(url: server.url))
        try await until { client.statistics.waiting == 2 }
        second.cancel()
        let error = try await second.value
        #expect(error.code == .cancelled && !error.requestBytesSent)
        release.withLock { $0 = true }
        let statuses = try await [first.status, third.status]
        #expect(statuses == [200, 200])
      }
    }
  }

  /// Cancellations at every moment of a call: nothing hangs, nothing is resumed twice, nothing is lost.
  @Test func cancellationsAtAnyMoment() async throws {
    try await withServer(ExchangeTests.echo) { server in
      try await withClient(maxConnectionsPerHost: 20) { client in
        var random = SplitMix64(seed: 7)
        for _ in 0..<10 {
          try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
              let spins = Int.random(in: 0..<200, using: &random)
              group.addTask {
                let task = Task { () -> Bool in
                  do throws(TransportError) {
                    return try await client.send(HTTPRequest(url: server.url)).status == 200
                  } catch {
                    return error.code == .cancelled
                  }
                }
                for _ in 0..<spins { await Task.yield() }
                task.cancel()
                return await task.value
              }
            }
            for try await isRight in group { #expect(isRight) }
          }
        }
        #expect(client.statistics.active == 0 && client.statistics.waiting == 0)
        #expect(client.statistics.completed + client.statistics.failed == 1000)
      }
    }
  }

  @Test func drainingFinishesWhatIsUnderWay() async throws {
    let release = Mutex(false)
    try await withServer({ connection in
      while connection.readRequest() != nil {
        while !release.withLock({ $0 }) { pause(milliseconds: 1) }
        guard connection.reply("ok") else { return }
      }
    }) { server in
      try await withClient(maxConnectionsPerHost: 1) { client in
        async let first = client.send(HTTPRequest(url: server.url))
        async let second = client.send(HTTPRequest(url: server.url))
        try await until { client.statistics.active + client.statistics.waiting == 2 }
        async let drained: Void = client.shutdown(.drain(within: .seconds(60)))
        var refusal: TransportError?
        while refusal == nil {
          // Until the drain has begun, a call would still be taken; then it is refused.
          let task = Task { try await client.failure(of: HTTPRequest(url: server.url)) }
          await Task.yield()
          task.cancel()
          let error = try await task.value
          if error.code == .shutDown { refusal = error }
        }
        release.withLock { $0 = true }
        let statuses = try await [first.status, second.status]
        #expect(statuses == [200, 200])
        await drained
      }
    }
  }

  @Test func drainingEndsAtItsLimit() async throws {
    try await withServer({ $0.waitForClose() }) { server in
      try await withClient(maxConnectionsPerHost: 1) { client in
        async let first = client.failure(of: HTTPRequest(url: server.url))
        async let second = client.failure(of: HTTPRequest(url: server.url))
        try await until { client.statistics.active == 1 && client.statistics.waiting == 1 }
        await client.shutdown(.drain(within: .milliseconds(50)))
        let codes = try await [first.code, second.code]
        #expect(codes == [.shutDown, .shutDown])
        let late = try await client.failure(of: HTTPRequest(url: server.url))
        #expect(late.code == .shutDown)
        await client.shutdown(.abort)
      }
    }
  }

  @Test func manyMayAskForTheShutdown() async throws {
    let client = try HTTPClient(configuration: .init(egress: .unrestricted()))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { await client.shutdown() } }
    }
    #expect(client.statistics.active == 0)
  }

  @Test func nothingIsLeftBehind() async throws {
    // Other suites run beside this one: their clients come and go, ours must not stay.
    let server = RawServer(ExchangeTests.echo)
    for _ in 0..<50 {
      let client = try HTTPClient(configuration: .init(egress: .unrestricted()))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<10 { group.addTask { _ = try await client.send(HTTPRequest(url: server.url)) } }
        try await group.waitForAll()
      }
      await client.shutdown()
    }
    server.stop()
    // 50 clients with 10 connections each would hold 500 descriptors and more, and 50 threads.
    try await until { ProcessState.transferThreads < 40 && ProcessState.openDescriptors < 400 }
  }

  @Test func lettingGoEndsTheThread() async throws {
    for _ in 0..<50 { _ = try HTTPClient(configuration: .init(egress: .unrestricted())) }
    try await until { ProcessState.transferThreads < 40 }
  }
}
