/// The places of a row that an entity reads, as a survey names them: `$.name`, `$.list[*].code`, `@NO`, `owner:@SXH`.
public struct ReadPlaces: Hashable, Sendable {
  private var places: Set<String> = []
  /// What stands below one of these is read: the beginning of a path that is more than names.
  private var beginnings: [String] = []

  init(_ condition: Condition?, _ joins: [JoinPlan], _ fields: [FieldPlan], _ holders: [HolderPlan]) {
    let names = joins.map(\.name)
    if let condition { add(condition, "", names) }
    for join in joins {
      for key in join.rowKeys { add(key.text, "") }
      for key in join.siblingKeys { add(key.text, "\(join.name):") }
      if let order = join.order { add(order.text, "\(join.name):") }
    }
    add(fields, "", names)
    for holder in holders {
      var home = ""
      switch holder.source {
      case .row: break
      case .join(let index): home = "\(names[index]):"
      case .each(let path):
        add(path.text, "")
        home = path.text
      case .parts(let rule, _):
        add(rule, "", names)
        // Its fields name pieces of the text.
        continue
      }
      if let condition = holder.condition { add(condition, home, names) }
      add(holder.fields, home, names)
    }
  }

  public func contains(_ place: String) -> Bool {
    places.contains(place) || beginnings.contains { place.hasPrefix($0) }
  }

  private mutating func add(_ fields: [FieldPlan], _ home: String, _ joins: [String]) {
    for rule in fields.flatMap(\.rules) {
      if let condition = rule.body.condition { add(condition, home, joins) }
      add(rule, home, joins)
    }
  }

  private mutating func add(_ condition: Condition, _ home: String, _ joins: [String]) {
    switch condition {
    case .test(let rule, _): add(rule, home, joins)
    case .not(let inner): add(inner, home, joins)
    case .all(let list), .any(let list): for inner in list { add(inner, home, joins) }
    }
  }

  /// - Parameter home: where paths of the node start: nothing for the row, `owner:` for a join, a path for nodes below the row.
  private mutating func add(_ rule: SharedRule, _ home: String, _ joins: [String]) {
    let start: String
    switch rule.body.scope {
    case .node: start = home
    case .row: start = ""
    case .join(let index): start = "\(joins[index]):"
    case .message: return
    }
    for path in rule.body.paths { add(path.text, start) }
  }

  private mutating func add(_ text: String, _ home: String) {
    var path = text
    if home.isEmpty || home.hasSuffix(":") {
      path = home + text
    } else if text.first == "$" {
      path = home + text.dropFirst()
    } else {
      path = text == "." ? home : "\(home)/\(text)"
    }
    path = path.replacing("['", with: ".").replacing("']", with: "")
    // A filter, a function or an index: what stands before it is known.
    let plain = path.replacing("[*]", with: "⁎")
    guard let odd = plain.firstIndex(where: { "[(|".contains($0) }) else {
      places.insert(path)
      return
    }
    let beginning = String(plain[..<odd]).replacing("⁎", with: "[*]")
    // The name of a function says nothing about places: whatever is in the row may be read.
    let isPlace = beginning.contains("$") || beginning.contains("@") || !path.contains("(")
    beginnings.append(isPlace ? beginning : home)
  }
}
