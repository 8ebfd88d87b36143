import Changes
import CivilTime
import Documents
import HTTPTransport

/// One change as a receiver gets it. The same change makes the same message at each try.
struct WebhookMessage: Hashable, Sendable {
  /// Stays the same when it is sent again, so that a receiver can tell.
  let id: String
  let body: [UInt8]

  init(_ change: Change) throws {
    id = "change-\(change.sequence)"
    var writer = JSONWriter(reservingCapacity: 512)
    try writer.object { writer throws in
      writer.member("type", change.kind.rawValue)
      writer.member("timestamp", change.moment.iso8601)
      try writer.member("data") { writer throws in
        try writer.object { writer throws in try change.write(to: &writer) }
      }
    }
    body = writer.takeBytes()
  }

  /// Nothing of an answer is looked at but its status.
  private static let mostAnswer = 64 << 10

  func request(to url: String, secret: WebhookSecret, timeouts: Timeouts, now: Timestamp) -> HTTPRequest {
    let timestamp = now.milliseconds / 1000
    return HTTPRequest(
      method: "POST", url: url,
      headers: [
        HTTPHeader(name: "Content-Type", value: "application/json"),
        HTTPHeader(name: "webhook-id", value: id),
        HTTPHeader(name: "webhook-timestamp", value: String(timestamp)),
        HTTPHeader(
          name: "webhook-signature", value: secret.signature(id: id, timestamp: timestamp, body: body)),
      ], body: body, timeouts: timeouts, maxResponseBytes: Self.mostAnswer,
      staleConnectionRule: .alwaysRepeat)
  }
}
