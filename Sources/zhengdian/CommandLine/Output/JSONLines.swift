import Documents

/// Writes JSON objects, one a line, gathered into large pieces however many there are.
///
/// Call `flush` when an answer may be waited for, and at the end.
struct JSONLines: ~Copyable {
  private static let piece = 256 << 10

  private let output: Output
  private var writer = JSONLines.emptyWriter()

  init(_ output: Output) { self.output = output }

  /// False once nobody reads any more.
  var isOpen: Bool { output.isOpen }

  /// Writes one line; `body` writes the members of its object.
  mutating func object<Failure: Error>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
    try writer.object(body)
    if writer.bytes.count >= Self.piece { flush() }
  }

  /// Hands on everything written so far.
  mutating func flush() {
    guard !writer.bytes.isEmpty else { return }
    // A writer puts line feeds between values, none behind the last; a new one starts without.
    output.write(writer.bytes + [0x0A])
    writer = Self.emptyWriter()
  }

  private static func emptyWriter() -> JSONWriter { JSONWriter(reservingCapacity: piece + piece / 4) }
}
