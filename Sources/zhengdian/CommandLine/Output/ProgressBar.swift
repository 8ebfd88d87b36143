import Synchronization

/// How far a piece of work has come: a bar that moves on a terminal; elsewhere a plain line now and then, and one at
/// the end.
final class ProgressBar: Sendable {
  private struct State {
    var done = 0
    var lastShown: ContinuousClock.Instant
  }

  /// Redrawing more often only makes it flicker.
  private static let redrawInterval = Duration.milliseconds(100)
  private static let lineInterval = Duration.seconds(10)
  private static let barColumns = 24

  private let output: Output
  private let title: String
  private let total: Int?
  private let started: ContinuousClock.Instant
  private let state: Mutex<State>

  /// - Parameter total: how many steps there are, if it is known.
  init(_ title: String, total: Int? = nil, on output: Output) {
    self.title = title
    self.total = total
    self.output = output
    started = .now
    state = Mutex(State(lastShown: started))
    if output.isTerminal { output.show(status: text(0)) }
  }

  /// Says that so many more steps are done. From any thread.
  func advance(by steps: Int = 1) {
    let now = ContinuousClock.now
    let shown: Int? = state.withLock { state in
      state.done += steps
      guard now - state.lastShown >= (output.isTerminal ? Self.redrawInterval : Self.lineInterval) else {
        return nil
      }
      state.lastShown = now
      return state.done
    }
    guard let shown else { return }
    if output.isTerminal {
      output.show(status: text(shown))
    } else {
      output.line("\(title): \(count(shown))")
    }
  }

  /// Takes the bar away and writes one line that stays.
  func finish(_ summary: String? = nil) {
    let done = state.withLock { $0.done }
    output.show(status: "")
    output.line("\(title): \(summary ?? count(done))")
  }

  private func count(_ done: Int) -> String {
    let elapsed = ContinuousClock.now - started
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rate = seconds > 0.05 ? ", \(Int(Double(done) / seconds))/s" : ""
    return (total.map { "\(done) of \($0)" } ?? "\(done)") + rate
  }

  private func text(_ done: Int) -> String {
    var bar = ""
    if let total, total > 0 {
      let filled = min(Self.barColumns, done * Self.barColumns / total)
      bar = " " + String(repeating: "█", count: filled)
      bar += String(repeating: "░", count: Self.barColumns - filled)
    }
    return TerminalText.prefix("\(title)\(bar) \(count(done))", columns: output.columns - 1)
  }
}
