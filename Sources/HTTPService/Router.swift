/// Finds what is to answer a method and a path. A pure value: whatever `Endpoint` is, it is only kept.
///
/// A pattern is made of literal segments and of `{name}`, which takes one whole segment. The last
/// segment may end in a verb (`/v1/projects/{id}:convert`, `/v1/certificates:search`) or be `{name...}`,
/// which takes the rest of the path, slashes and all, also an empty one. A literal segment wins over a parameter, and a parameter
/// over a rest.
///
/// Where verbs are known, a segment with another verb is not found rather than taken for an
/// identifier with a colon in it; such an identifier is sent with the colon escaped.
public struct Router<Endpoint: Sendable>: Sendable {
  public enum Match: Sendable {
    case found(Endpoint, RouteParameters)
    /// OPTIONS on a path that is known: these methods are allowed.
    case options(allow: [String])
    /// The path is known, the method is not: these are (for the Allow header).
    case methodNotAllowed(allow: [String])
    case notFound
  }

  private struct Node: Sendable {
    var literals: [String: Node] = [:]
    var parameter: [Node] = []
    /// By verb; "" is the segment without one.
    var endpoints: [String: [String: Route]] = [:]
    var rest: [String: Route] = [:]

    var hasVerbs: Bool { endpoints.contains { !$0.key.isEmpty } }
  }

  private struct Route: Sendable {
    let endpoint: Endpoint
    let names: [String]
  }

  private var root = Node()

  public init() {}

  /// Adds a route. A malformed pattern and a route that exists already are mistakes of the program.
  public mutating func add(_ method: String, _ pattern: String, _ endpoint: Endpoint) {
    precondition(pattern.hasPrefix("/"), "a pattern begins with a slash")
    var segments = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    var verb = ""
    if let last = segments.last, let colon = last.lastIndex(of: ":") {
      verb = String(last[last.index(after: colon)...])
      precondition(!verb.isEmpty, "a verb has a name")
      segments[segments.count - 1] = last[..<colon]
    }
    let names = segments.compactMap(Router.parameterName)
    precondition(Set(names).count == names.count, "the parameters of a pattern differ in name")
    Router.insert(Route(endpoint: endpoint, names: names), method, segments[...], verb, into: &root)
  }

  /// `path` as it was sent, without its query. HEAD is answered by GET's endpoint if it has none of its own.
  public func match(_ method: String, _ path: String) -> Match {
    guard path.utf8.first == Bytes.slash else {
      return method == "OPTIONS" && path == "*"
        ? .options(allow: ["GET", "HEAD", "OPTIONS", "POST"]) : .notFound
    }
    let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    var values: [String] = []
    guard let routes = Router.find(segments[...], in: root, &values) else { return .notFound }
    let route = routes[method] ?? (method == "HEAD" ? routes["GET"] : nil)
    if let route {
      return .found(route.endpoint, RouteParameters(names: route.names, values: values))
    }
    var allowed = Set(routes.keys)
    if allowed.contains("GET") { allowed.insert("HEAD") }
    allowed.insert("OPTIONS")
    return method == "OPTIONS"
      ? .options(allow: allowed.sorted()) : .methodNotAllowed(allow: allowed.sorted())
  }

  private static func parameterName(_ segment: Substring) -> String? {
    guard segment.hasPrefix("{"), segment.hasSuffix("}") else {
      precondition(!segment.contains { "{}".contains($0) }, "a parameter takes a whole segment")
      return nil
    }
    let name = segment.dropFirst().dropLast()
    return String(name.hasSuffix("...") ? name.dropLast(3) : name)
  }

  private static func insert(
    _ route: Route, _ method: String, _ segments: ArraySlice<Substring>, _ verb: String, into node: inout Node
  ) {
    guard let segment = segments.first else {
      let earlier = node.endpoints[verb, default: [:]].updateValue(route, forKey: method)
      return precondition(earlier == nil, "a route is added once")
    }
    let rest = segments.dropFirst()
    if segment.hasSuffix("...}") {
      precondition(rest.isEmpty && verb.isEmpty, "nothing follows a rest")
      let earlier = node.rest.updateValue(route, forKey: method)
      precondition(earlier == nil, "a route is added once")
    } else if segment.hasPrefix("{") {
      if node.parameter.isEmpty { node.parameter.append(Node()) }
      insert(route, method, rest, verb, into: &node.parameter[0])
    } else {
      insert(route, method, rest, verb, into: &node.literals[String(segment), default: Node()])
    }
  }

  private static func find(
    _ segments: ArraySlice<Substring>, in node: Node, _ values: inout [String]
  ) -> [String: Route]? {
    guard let segment = segments.first else { return node.endpoints[""] }
    let count = values.count
    if segments.count == 1, let routes = findLast(segment, in: node, &values) { return routes }
    if segments.count > 1 {
      let rest = segments.dropFirst()
      if let next = PercentEncoding.decode(segment).flatMap({ node.literals[$0] }),
        let routes = find(rest, in: next, &values)
      {
        return routes
      }
      values.removeSubrange(count...)
      if let next = node.parameter.first, !segment.isEmpty, let value = PercentEncoding.decode(segment) {
        values.append(value)
        if let routes = find(rest, in: next, &values) { return routes }
        values.removeSubrange(count...)
      }
    }
    guard !node.rest.isEmpty else { return nil }
    let decoded = segments.compactMap { PercentEncoding.decode($0) }
    guard decoded.count == segments.count else { return nil }
    values.append(decoded.joined(separator: "/"))
    return node.rest
  }

  private static func findLast(_ segment: Substring, in node: Node, _ values: inout [String]) -> [String:
    Route]?
  {
    if let next = PercentEncoding.decode(segment).flatMap({ node.literals[$0] }),
      let routes = next.endpoints[""]
    {
      return routes
    }
    var name = segment
    var verb = ""
    if let colon = segment.lastIndex(of: ":") {
      name = segment[..<colon]
      verb = String(segment[segment.index(after: colon)...])
      if let next = PercentEncoding.decode(name).flatMap({ node.literals[$0] }), !verb.isEmpty,
        let routes = next.endpoints[verb]
      {
        return routes
      }
    }
    guard let next = node.parameter.first else { return nil }
    let routes: [String: Route]?
    if next.hasVerbs {
      // A colon with nothing behind it is no verb and no identifier either.
      routes = segment.utf8.last == Bytes.colon ? nil : next.endpoints[verb]
    } else {
      name = segment
      routes = next.endpoints[""]
    }
    guard let routes, !name.isEmpty, let value = PercentEncoding.decode(name) else { return nil }
    values.append(value)
    return routes
  }
}
