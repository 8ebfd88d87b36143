import Applications
import Documents

/// Reads `window`: which operations take permit applications.
///
///     window:
///       regions: ["330100"]
///       items: {route-planning: route-planning, greening: greening}
///       promises: {greening: promise}
///       filings: {route-planning: filing}
///       supplement: supplement
///       withdraw: withdraw
///       progress: status
///       untold: [greening]
///       follow: {filed: 30d, approved: 30d, deferred: 90d}
enum WindowReader {
  static func window(
    _ reader: ConfigurationReader, _ operations: [Operation], _ entries: [ConfigurationEntry]
  ) -> PermitWindow {
    let regions = reader.list("regions", count: 1...100) { value in
      value.parse("an area code of six digits") { isArea($0) ? $0 : nil }
    }
    func pushes(_ list: [ConfigurationEntry]) -> [PermitItem: String] {
      var pushes: [PermitItem: String] = [:]
      for entry in list {
        guard let item = entry.key.choice(PermitItem.self) else { continue }
        pushes[item] = name(entry.value, .push, operations, entries)
      }
      return pushes
    }
    let items = pushes(reader.entries("items"))
    let promises = pushes(reader.entries(ifPresent: "promises") ?? [])
    let filings = pushes(reader.entries(ifPresent: "filings") ?? [])
    func named(_ key: String, _ kind: Operation.Kind) -> String? {
      reader.value(ifPresent: key).flatMap { name($0, kind, operations, entries) }
    }
    let supplement = named("supplement", .push)
    let withdraw = named("withdraw", .push)
    let progress = named("progress", .probe)
    if let progress, operations.first(where: { $0.name == progress })?.probe?.progress == nil {
      reader.error(
        "names '\(progress)', which has no 'progress' that says what its states mean", at: "progress")
    }
    let untold = reader.list(ifPresent: "untold", count: 1...PermitItem.allCases.count) { value in
      value.choice(PermitItem.self)
    }
    if untold != nil, progress == nil {
      reader.error("says what 'progress' does not tell, and there is no 'progress'", at: "untold")
    }
    for (key, given) in [("supplement", supplement), ("withdraw", withdraw)] {
      guard let given, let operation = operations.first(where: { $0.name == given }) else { continue }
      if !operation.needsReceipt {
        reader.error("names '\(given)', whose request never uses push.receipt", at: key)
      }
    }
    var follow = PermitFollow()
    if let times = reader.nested(ifPresent: "follow") {
      func seconds(_ key: String, _ usual: Int) -> Int {
        Int(
          times.duration(key, in: .zero ... .seconds(366 * 86_400), default: .seconds(usual)).components
            .seconds)
      }
      follow = PermitFollow(
        filed: seconds("filed", follow.filed), approved: seconds("approved", follow.approved),
        deferred: seconds("deferred", follow.deferred))
    }
    return PermitWindow(
      regions: regions, items: items, promises: promises, filings: filings, supplement: supplement,
      withdraw: withdraw, progress: progress, untold: Set(untold ?? []), follow: follow)
  }

  private static func name(
    _ value: ConfigurationValue, _ kind: Operation.Kind, _ operations: [Operation],
    _ entries: [ConfigurationEntry]
  ) -> String? {
    guard let name = value.text() else { return nil }
    guard let operation = operations.first(where: { $0.name == name }) else {
      // Of one that has errors nothing more is said.
      if !entries.contains(where: { $0.name == name }) {
        let names = operations.filter { $0.kind == kind }.map(\.name)
        value.error(
          "must be an operation, and there is no '\(name)'",
          suggestion: Suggestion.nearest(to: name, in: names))
      }
      return nil
    }
    guard operation.kind == kind else {
      value.error("must be a \(kind.rawValue), and '\(name)' is a \(operation.kind.rawValue)")
      return nil
    }
    return name
  }

  private static func isArea(_ text: String) -> Bool {
    text.utf8.count == 6 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
