import CivilTime
import Crypto
import Exchanges
import Journal

/// Exchanges as lists and summaries show them: that they were and how they ended.
enum ExchangeView {
  static func table(of exchanges: [ExchangeSummary]) -> TextTable {
    var table = TextTable(
      "ID", "RECORDED", "PLATFORM", "OPERATION", "TRY", "STATUS", "OUTCOME", "PROBLEM", "BYTES")
    for exchange in exchanges {
      table.row(
        "\(exchange.id)", exchange.recorded.iso8601, exchange.platform, exchange.operation,
        "\(exchange.attempt)",
        exchange.status.map(String.init) ?? "-", exchange.outcome.rawValue, exchange.problemCode ?? "",
        "\(exchange.responseSize)")
    }
    return table
  }

  static func write(_ exchange: ExchangeSummary, to output: Output) {
    func line(_ name: String, _ value: String?) {
      guard let value else { return }
      output.line(TerminalText.safe(name + String(repeating: " ", count: max(1, 14 - name.count)) + value))
    }
    line("exchange", "\(exchange.id) (\(exchange.direction.rawValue))")
    line("platform", "\(exchange.platform)/\(exchange.operation)")
    line("request", "\(exchange.method) \(exchange.addressOutline)")
    line("status", exchange.status.map(String.init))
    line("outcome", exchange.outcome.rawValue)
    line("problem", exchange.problemCode.map { "\($0) (\(exchange.problemClass?.rawValue ?? "no class"))" })
    line("attempt", "\(exchange.attempt)" + (exchange.parent.map { ", follows exchange \($0)" } ?? ""))
    line("request id", exchange.requestID.isEmpty ? nil : exchange.requestID)
    line("created", exchange.created.iso8601)
    line("sent", exchange.sent?.iso8601 ?? "never")
    line("received", exchange.received?.iso8601 ?? "never")
    line("recorded", exchange.recorded.iso8601)
    line("answered", exchange.answered?.iso8601)
    line("sent bytes", "\(exchange.requestSize) \(exchange.requestContentType ?? "")")
    line("received bytes", "\(exchange.responseSize) \(exchange.responseContentType ?? "")")
    line("SM3 sent", Hex.encode(exchange.digests.requestSealed))
    line("SM3 received", exchange.digests.responseSealed.map { Hex.encode($0) })
    line("erased", exchange.erased?.iso8601)
  }
}
