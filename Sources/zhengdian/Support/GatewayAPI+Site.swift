import Gateway
import GatewayAPI
import Inbound

extension GatewayAPI.Parts {
  /// An opened site as its interface sees it.
  init(_ site: Site, _ listen: ListenConfiguration) {
    let gateway = site.gateway
    self.init(
      registry: gateway.registry, journal: gateway.journal, audit: gateway.audit,
      consumers: gateway.consumers, database: gateway.database, http: gateway.http, log: gateway.log,
      platforms: site.station, incidents: site.station.incidents, pushes: gateway.pushes,
      replays: gateway.replays, changes: gateway.changes, subscriptions: gateway.subscriptions,
      permits: site.permitting.desk, supply: site.supplying.desk, reserve: site.supplying.reserve,
      indicators: site.supplying.indicators, started: gateway.started)
    replayLibrary = site.replaying.library
    archivist = site.supplying.archivist
    prover = JournalProver(gateway)
    inbound = site.receiving.desk
    metrics = [
      site.station, site.station.incidents, WorkMetrics(gateway), PermitMetrics(site.permitting),
      site.notifying, site.receiving,
    ]
    deadline = listen.deadline
    largestBody = listen.largestBody
    proxies = listen.proxies
  }
}

extension APIServer.Address {
  init(_ listen: ListenConfiguration) {
    self.init(
      host: listen.host, port: listen.port,
      tls: listen.tls.map { tls in
        APIServer.TLSFiles(
          certificate: tls.certificate.path, key: tls.key.path,
          clientAuthorities: tls.clientAuthorities?.path)
      })
  }
}
