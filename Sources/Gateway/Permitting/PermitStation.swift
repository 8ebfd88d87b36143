import Adapters
import Applications
import Calendars
import CivilTime
import Documents
import Exchanges
public import Permits
public import Policies
import Pushing
import Telemetry
import Work

/// Everything about permits: the policies of the site, its windows, and the cases.
public final class PermitStation: Sendable {
  public let permits: Permits
  public let policies: PolicyLibrary
  public let desk: PermitDesk
  private let gateway: Gateway
  private let windows: PermitWindows
  private let adapters: [String: Adapter]
  private let polling: PermitPolling

  /// Reads the policies and brings windows and operations together.
  ///
  /// - Parameter polling: how often windows are asked.
  /// - Throws: `ConfigurationError` for policies with mistakes, `GatewayError` for files that cannot be read.
  public init(
    _ gateway: Gateway, _ station: PullStation, _ pushing: PushStation,
    polling: PermitPolling = PermitPolling()
  ) throws {
    self.polling = polling
    let diagnostics = Diagnostics()
    let sources: [PolicyLibrary.Source] = try LibraryFolder(gateway.configuration.adaptersFolder).policies()
      .map {
        PolicyLibrary.Source(name: $0.name, file: $0.path, bytes: $0.bytes)
      }
    policies = PolicyLibrary(sources, diagnostics)
    try diagnostics.throwIfErrors()
    let windows = gateway.platforms.compactMap { platform -> PermitRoutes? in
      guard let client = station.clients[platform.name], let window = client.adapter.window else {
        return nil
      }
      let name = platform.name
      return PermitRoutes(
        platform: name, regions: window.regions,
        items: window.items.compactMapValues { pushing.route(name, $0) },
        promises: window.promises.compactMapValues { pushing.route(name, $0) },
        filings: window.filings.compactMapValues { pushing.route(name, $0) },
        supplement: window.supplement.flatMap { pushing.route(name, $0) },
        withdraw: window.withdraw.flatMap { pushing.route(name, $0) }, client: client,
        progress: window.progress.flatMap { client.adapter.operation($0) }, untold: window.untold,
        follow: window.follow)
    }
    self.windows = PermitWindows(windows)
    self.gateway = gateway
    adapters = station.clients.mapValues(\.adapter)
    permits = gateway.permits
    desk = PermitDesk(
      permits: permits, pushes: pushing.pushes, policies: policies, windows: self.windows)
  }

  /// The windows of the site.
  var platforms: [String] { windows.all.map(\.platform) }

  /// Where the permits of a region are handed in.
  func platform(forRegion region: String) -> String? { windows.window(forRegion: region)?.platform }

  var log: Log { gateway.log }

  /// When the day's digest is told.
  var digestSecond: Int { gateway.configuration.changes.digest }

  /// Enters what windows tell by calling us.
  var callbacks: PermitCallbacks {
    let log = gateway.log
    return PermitCallbacks(permits: permits, pushes: gateway.pushes, adapters: adapters) { log.told($0) }
  }

  var handler: PermitHandler {
    let log = gateway.log
    return PermitHandler(
      permits: permits, pushes: gateway.pushes, queue: gateway.work, windows: windows, polling: polling,
      report: { log.told($0) }, trouble: { log.told($0) })
  }
}

extension Log {
  /// Of the utility's own clocks and of those of platforms; a deadline that is missed is worth more than a word.
  func told(_ warning: PermitWarning) {
    self(
      warning.withdrawn == nil && !warning.alert.colour.isBeforeLimit ? .warning : .info,
      warning.withdrawn == nil ? "permit warning" : "permit warning withdrawn",
      [
        "case": .integer(Int(warning.permitCase.rawValue)), "item": .text(warning.item?.rawValue ?? ""),
        "clock": .text(warning.alert.clock), "colour": .text(warning.alert.colour.rawValue),
        "for": .text(warning.alert.audience), "due": .text(warning.alert.due.description),
        "reason": .text(warning.withdrawn?.rawValue ?? ""),
      ])
  }

  fileprivate func told(_ event: PermitHandler.Event) {
    self(
      event.isMisfit ? .warning : .info, "permit changed",
      [
        "case": .integer(Int(event.permitCase.rawValue)), "item": .text(event.item.rawValue),
        "event": .text(event.event.rawValue), "state": .text(event.state.rawValue),
      ])
    for doubt in event.doubts.sorted() {
      self(
        .warning, "permit doubted",
        [
          "case": .integer(Int(event.permitCase.rawValue)), "item": .text(event.item.rawValue),
          "code": .text(doubt.rawValue), "problem": .text(doubt.message), "remedy": .text(doubt.remedy),
        ])
    }
  }

  fileprivate func told(_ trouble: PermitHandler.Trouble) {
    self(
      .error, "permit cannot go on",
      [
        "case": .integer(Int(trouble.permitCase.rawValue)), "item": .text(trouble.item.rawValue),
        "code": .text(trouble.problem.code), "problem": .text(trouble.problem.message),
        "remedy": .text(trouble.problem.remedy),
      ])
  }
}
