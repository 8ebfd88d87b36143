import Glibc

/// How long something takes, to the millisecond.
enum Timing {
  /// Of all threads: what other work on the machine does not show in.
  static func processorSeconds(_ body: () async throws -> Void) async rethrows -> Double {
    func spent() -> Double {
      var time = timespec()
      precondition(unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0, "Linux has this clock")
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = spent()
    try await body()
    return ((spent() - start) * 1000).rounded() / 1000
  }

  static func median(of runs: Int, _ body: () async throws -> Void) async rethrows -> Double {
    var spent: [Double] = []
    for _ in 0..<runs {
      let start = ContinuousClock.now
      try await body()
      spent.append((ContinuousClock.now - start) / .seconds(1))
    }
    return (spent.sorted()[runs / 2] * 1000).rounded() / 1000
  }
}
