import Adapters
import Applications
import Documents
import Exchanges
import Mapping
public import Pushing
import Registry
import Telemetry
import Work

/// Everything that hands things in: the pushes of the site, and the way of each operation that takes some.
public final class PushStation: Sendable {
  public let pushes: Pushes
  private let routes: [String: PushRoute]
  private let gateway: Gateway
  private let environment: CallEnvironment

  /// Brings operations and templates together. Throws when a template is missing, with the place in the configuration of the platform that needs it.
  public init(_ gateway: Gateway, _ station: PullStation) throws {
    let diagnostics = Diagnostics()
    var routes: [String: PushRoute] = [:]
    for platform in gateway.platforms {
      guard let client = station.clients[platform.name] else { continue }
      for operation in client.adapter.operations {
        guard let push = operation.push else { continue }
        guard let template = station.libraries.mappings.template(push.template) else {
          diagnostics.error(
            "\(client.adapter.name)/\(operation.name) needs the template '\(push.template)', which is not there",
            at: platform.configuration.adapterMark,
            suggestion: Suggestion.nearest(
              to: push.template, in: station.libraries.mappings.templates.map(\.name)))
          continue
        }
        let route = try PushRoute(client: client, operation: operation, template: template)
        routes[route.lane] = route
      }
    }
    try diagnostics.throwIfErrors()
    self.routes = routes
    self.gateway = gateway
    environment = station.environment
    pushes = gateway.pushes
    ObjectionDesk.follow(gateway.pushes, gateway.registry)
  }

  /// The way of an operation's pushes; nil where the site has none.
  @Sendable public func route(_ platform: String, _ operation: String) -> PushRoute? {
    routes["\(platform)/\(operation)"]
  }

  /// The operation of a platform that takes objections to its data; nil where it has none.
  func route(forObjectionsAt platform: String) -> PushRoute? {
    routes.values.filter { $0.platform == platform && $0.template.record == .dataObjection }
      .min { $0.lane < $1.lane }
  }

  /// How many lanes pushes have.
  var lanes: Int { routes.count }

  /// Lanes whose platform must not be called now: nothing of them is begun.
  @Sendable func pausedLanes() -> Set<String> {
    Set(routes.values.filter { $0.client.isPaused($0.operation) }.map(\.lane))
  }

  var handler: PushHandler {
    let (log, registry) = (gateway.log, gateway.registry)
    return PushHandler(
      pushes: pushes, environment: environment,
      isOutdated: { try ObjectionDesk.reasonAgainstSending($0, registry, in: $1) }, routes: route
    ) { log.told($0) }
  }
}

extension Log {
  /// A line for each change of a push; an error only where somebody has to look.
  fileprivate func told(_ event: PushHandler.Event) {
    let push = event.push
    self(
      event.step == .park ? .error : event.problem == nil ? .info : .warning, "push changed",
      [
        "push": .integer(Int(push.id.rawValue)), "operation": .text("\(push.platform)/\(push.operation)"),
        "event": .text(event.event.rawValue), "state": .text(push.state.rawValue),
        "attempts": .integer(push.attempts), "code": .text(event.problem?.code ?? ""),
        "class": .text(event.problem?.errorClass.rawValue ?? ""),
        "problem": .text(event.problem?.message ?? ""), "remedy": .text(event.problem?.remedy ?? ""),
      ])
  }
}
