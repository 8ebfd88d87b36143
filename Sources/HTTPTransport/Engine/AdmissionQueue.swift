/// Who goes next: calls wait in line by route, each route has its limit, all together have one, and routes with
/// room take turns, so a slow platform with thousands of calls in line does not hold up the others.
///
/// Pure: it starts nothing and reads no clock. (curl has limits of its own, but a call that waits there for its
/// host can keep calls to other hosts from being woken.)
struct AdmissionQueue<Element> {
  private struct Route {
    var active = 0
    /// Waiting elements from `head` on; the rest is taken already and cut off now and then.
    var line: [Element] = []
    var head = 0
    var isReady = false

    var waiting: Int { line.count - head }
  }

  private let maxActive: Int
  private let maxActivePerRoute: Int
  private var routes: [String: Route] = [:]
  /// Routes that have somebody in line and room, in the order of their turns; `readyHead` as in `Route.head`.
  private var ready: [String] = []
  private var readyHead = 0
  private(set) var active = 0
  private(set) var waiting = 0

  init(maxActive: Int, maxActivePerRoute: Int) {
    self.maxActive = maxActive
    self.maxActivePerRoute = maxActivePerRoute
  }

  /// Whether ``next()`` would return something.
  var hasNext: Bool { active < maxActive && readyHead < ready.count }

  mutating func append(_ element: Element, route name: String) {
    routes[name, default: Route()].line.append(element)
    waiting += 1
    offerTurn(name)
  }

  /// Takes the next element out of the line and counts it as active until ``release(route:)``.
  mutating func next() -> (element: Element, route: String)? {
    guard active < maxActive else { return nil }
    while readyHead < ready.count {
      let name = ready[readyHead]
      readyHead += 1
      compactReady()
      guard var route = routes.removeValue(forKey: name) else { continue }
      route.isReady = false
      guard route.waiting > 0 else {
        if route.active > 0 { routes[name] = route }
        continue
      }
      let element = route.line[route.head]
      route.head += 1
      if route.head > 64 && route.head * 2 > route.line.count {
        route.line.removeFirst(route.head)
        route.head = 0
      }
      route.active += 1
      routes[name] = route
      active += 1
      waiting -= 1
      offerTurn(name)
      return (element, name)
    }
    return nil
  }

  mutating func release(route name: String) {
    guard var route = routes.removeValue(forKey: name) else { preconditionFailure("no such route") }
    precondition(route.active > 0, "released more often than taken")
    route.active -= 1
    active -= 1
    if route.active > 0 || route.waiting > 0 || route.isReady { routes[name] = route }
    offerTurn(name)
  }

  /// Takes waiting elements out of the line, in no particular order of routes.
  mutating func removeWaiting(where isTaken: (Element) -> Bool) -> [Element] {
    var taken: [Element] = []
    for name in Array(routes.keys) {
      guard var route = routes[name], route.waiting > 0 else { continue }
      let before = taken.count
      var left: [Element] = []
      for element in route.line[route.head...] {
        if isTaken(element) { taken.append(element) } else { left.append(element) }
      }
      guard taken.count > before else { continue }
      route.line = left
      route.head = 0
      routes[name] = route.waiting == 0 && route.active == 0 && !route.isReady ? nil : route
    }
    waiting -= taken.count
    return taken
  }

  func forEachWaiting(_ body: (Element) -> Void) {
    for route in routes.values { for element in route.line[route.head...] { body(element) } }
  }

  private mutating func offerTurn(_ name: String) {
    guard var route = routes[name], !route.isReady, route.waiting > 0, route.active < maxActivePerRoute else {
      return
    }
    route.isReady = true
    routes[name] = route
    ready.append(name)
  }

  private mutating func compactReady() {
    guard readyHead > 64 && readyHead * 2 > ready.count else { return }
    ready.removeFirst(readyHead)
    readyHead = 0
  }
}
