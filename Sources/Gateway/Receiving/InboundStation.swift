import Adapters
import Exchanges
public import Inbound
import SQLDatabase
public import Telemetry
import Work

/// Everything that platforms call this site for.
public final class InboundStation: MetricsSource {
  public let desk: InboundDesk

  /// Brings the inbound operations of the site's platforms and those who act on them together.
  public init(_ gateway: Gateway, _ station: PullStation, _ permitting: PermitStation) {
    let receivers = gateway.platforms.compactMap { station.clients[$0.name] }.flatMap { client in
      client.adapter.inbound.map { client.receiver(of: $0) }
    }
    let log = gateway.log
    desk = InboundDesk(
      database: gateway.database, journal: gateway.journal, queue: gateway.work, keys: gateway.registryKeys,
      receivers: receivers,
      consumers: [.permitProgress: permitting.callbacks, .records: InboundRecords(station.intakes)],
      lost: { log.told($0) })
  }

  var handler: InboundHandler { InboundHandler(desk) }

  public func write(to metrics: inout MetricsText) async throws {
    metrics.family(
      "zhengdian_inbound_calls_total", .counter,
      "Calls of platforms, by operation and what became of them: done, duplicate, or why they were refused.")
    for count in desk.counts {
      metrics.sample(
        "zhengdian_inbound_calls_total", count.count,
        ["platform": count.platform, "operation": count.operation, "result": count.result])
    }
  }
}

extension Log {
  fileprivate func told(_ lost: LostAnswer) {
    self(
      .error, "inbound answer not kept",
      [
        "platform": .text(lost.platform), "operation": .text(lost.operation),
        "exchange": .text(lost.exchange.description), "status": .integer(lost.status),
        "reason": .text(lost.reason),
        "remedy": .text(
          "nothing for the call, which the queue acts on; look at the database and the room on its disk"),
      ])
  }
}
