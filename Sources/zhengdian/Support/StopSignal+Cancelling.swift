extension StopSignal {
  /// Runs `body` in a task that the signal cancels; nil when the body ended with `CancellationError` because of it.
  func whileCancellable<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    let (stops, continuation) = AsyncStream<Void>.makeStream()
    return try await whileRunning {
      try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
          for await _ in stops {}
          return nil
        }
        defer { continuation.finish() }
        guard let ended = try await group.next(), let value = ended else {
          group.cancelAll()
          do {
            // The body may come to its end all the same.
            while let ended = try await group.next() {
              if let value = ended { return value }
            }
          } catch is CancellationError {
            return nil
          }
          return nil
        }
        continuation.finish()
        return value
      }
    } onStop: {
      continuation.finish()
    }
  }
}
