/// One event of a `text/event-stream` (WHATWG HTML §9.2.5).
public struct ServerSentEvent: Hashable, Sendable {
  public var id: String?
  public var event: String?
  /// May hold line breaks; each line becomes a `data` line.
  public var data: String
  /// What the client waits before it connects again, in milliseconds.
  public var retry: Int?

  public init(data: String, event: String? = nil, id: String? = nil, retry: Int? = nil) {
    self.data = data
    self.event = event
    self.id = id
    self.retry = retry
  }

  /// A comment line, which clients ignore and which tells us whether they are still there.
  public static let heartbeat: [UInt8] = Array(":\n\n".utf8)

  /// The event as it is sent. Line breaks in `id` and `event` would start another field, so they are
  /// dropped.
  public var bytes: [UInt8] {
    var text = ""
    if let id { text += "id: \(ServerSentEvent.line(id))\n" }
    if let event { text += "event: \(ServerSentEvent.line(event))\n" }
    if let retry { text += "retry: \(retry)\n" }
    var rest = data.utf8[...]
    while true {
      let end = rest.firstIndex { $0 == Bytes.lineFeed || $0 == Bytes.carriageReturn } ?? rest.endIndex
      text += "data: \(Substring(rest[..<end]))\n"
      guard end < rest.endIndex else { break }
      var next = rest.index(after: end)
      if rest[end] == Bytes.carriageReturn, next < rest.endIndex, rest[next] == Bytes.lineFeed {
        next = rest.index(after: next)
      }
      rest = rest[next...]
    }
    return Array(text.utf8) + [Bytes.lineFeed]
  }

  private static func line(_ text: String) -> String {
    var line = text
    line.unicodeScalars.removeAll { $0 == "\n" || $0 == "\r" || $0 == "\0" }
    return line
  }
}
