import Telemetry

extension Log {
  /// JSON lines on the command's output for messages.
  static func lines(to output: Output, least: Level = .info) -> Log {
    Log(least: least) { output.write($0.jsonLine + [0x0A]) }
  }
}

extension Output {
  /// Lends a log whose JSON lines a thread of its own writes here: a reader who does not read holds up
  /// nobody.
  func withLog<Value>(_ body: (Log) async throws -> Value) async throws -> Value {
    guard let descriptor else { return try await body(Log.lines(to: self)) }
    let file = try LogFile.start(descriptor: descriptor)
    do {
      let value = try await body(file.log())
      await file.close()
      return value
    } catch {
      await file.close()
      throw error
    }
  }
}
