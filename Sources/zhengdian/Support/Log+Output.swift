import Telemetry

extension Log {
  /// JSON lines on the command's output for messages.
  static func lines(to output: Output, least: Level = .info) -> Log {
    Log(least: least) { output.write($0.jsonLine + [0x0A]) }
  }
}
