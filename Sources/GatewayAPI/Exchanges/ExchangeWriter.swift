import CivilTime
import Crypto
public import Documents
import Exchanges
public import Journal

/// Writes exchanges as the outside sees them: that they were, and how they ended. Addresses are outlines; content is never shown here.
public enum ExchangeWriter {
  static func write(_ exchange: ExchangeSummary, to writer: inout JSONWriter) {
    writer.object { writeMembers(exchange, to: &$0) }
  }

  /// The members alone, for an object that tells more.
  public static func writeMembers(_ exchange: ExchangeSummary, to writer: inout JSONWriter) {
    writer.member("id", exchange.id.rawValue)
    writer.member("platform", exchange.platform)
    writer.member("operation", exchange.operation)
    writer.member("direction", exchange.direction.rawValue)
    writer.member("method", exchange.method)
    writer.member("address", exchange.addressOutline)
    writer.member("status", exchange.status)
    writer.member("created", exchange.created.iso8601)
    writer.member("sent", exchange.sent?.iso8601)
    writer.member("received", exchange.received?.iso8601)
    writer.member("recorded", exchange.recorded.iso8601)
    writer.member("attempt", exchange.attempt)
    writer.member("parent", exchange.parent?.rawValue)
    writer.member("requestId", exchange.requestID)
    writer.member("outcome", exchange.outcome.rawValue)
    writer.member("problem") { writer in
      guard let code = exchange.problemCode else { return writer.null() }
      writer.object { writer in
        writer.member("code", code)
        writer.member("class", exchange.problemClass?.rawValue)
      }
    }
    writer.member("requestBytes", exchange.requestSize)
    writer.member("responseBytes", exchange.responseSize)
    writer.member("requestSm3", Hex.encode(exchange.digests.requestSealed))
    writer.member("responseSm3", exchange.digests.responseSealed.map { Hex.encode($0) })
    writer.member("answered", exchange.answered?.iso8601)
    writer.member("erased", exchange.erased?.iso8601)
  }
}
