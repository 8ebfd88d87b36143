import Glibc
import Testing

/// For server scripts, which own their thread: this is how a slow server is slow.
func pause(milliseconds: Int) {
  usleep(UInt32(milliseconds * 1000))
}

/// Returns as soon as `condition` holds; fails after ten seconds. For what has no event to wait for.
func until(
  _ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let end = ContinuousClock.now.advanced(by: .seconds(10))
  while !condition() {
    guard ContinuousClock.now < end else {
      Issue.record("the condition was not met in time", sourceLocation: sourceLocation)
      return
    }
    try await Task.sleep(for: .milliseconds(1))
  }
}
