/// Runs `body`, and gives it up when it takes longer. What has begun to be written is carried through before this returns.
func withDeadline<Value: Sendable>(
  _ deadline: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: deadline)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else { throw APIProblem.tooLate(deadline) }
    return value
  }
}
