import Testing

/// The rules of docs/architecture.md: floors, declared imports, one importer for each C library.
@Suite struct HouseTests {
  private static let house = House.shared
  private static let names = Set(house.targets.map(\.name))
  private static let rooms = house.targets.filter { $0.kind != .tests && $0.folder.hasPrefix("Sources/") }

  @Test func everyFolderIsATarget() throws {
    #expect(try House.folders(in: "Sources") == Set(Self.rooms.map(\.name)))
    #expect(
      try House.folders(in: "Tests") == Set(Self.house.targets.filter { $0.kind == .tests }.map(\.name)))
    #expect(Self.names.count == Self.house.targets.count)
  }

  @Test func everyTargetHasAFloor() {
    #expect(Set(Self.house.floors.keys) == Set(Self.rooms.map(\.name)))
  }

  @Test(arguments: house.targets.filter { $0.kind != .library })
  func importsWhatItDeclares(_ target: House.Target) {
    let imports = target.imports.intersection(Self.names)
    #expect(imports.subtracting(target.dependencies) == [], "imported, but not declared in Package.swift")
    #expect(target.dependencies.subtracting(imports) == [], "declared in Package.swift, but not imported")
  }

  @Test(arguments: rooms)
  func importsOnlyFloorsBelow(_ target: House.Target) {
    let floors = Self.house.floors
    for name in target.imports.union(target.dependencies).intersection(Self.names).sorted() {
      #expect(
        (floors[name] ?? .max) < (floors[target.name] ?? 0),
        "\(target.name) is on floor \(floors[target.name] ?? -1), \(name) on \(floors[name] ?? -1)")
    }
  }

  @Test(arguments: house.targets.filter { $0.kind == .library })
  func hasOneImporter(_ library: House.Target) {
    let importers = Self.house.targets.filter { $0.imports.contains(library.name) }.map(\.name)
    #expect(importers.count == 1, "\(importers)")
  }

  /// What only one engine knows: `max` and `min` of two values. A parameter among them shows that it is no Swift.
  @Test func statementsSayWhatBothEnginesKnow() {
    let files = House.sources(below: "Sources")
    #expect(files.count > 500)
    for file in files {
      let found = House.text(file).matches(of: /\b(?:max|min)\([^()\n]*\?\d/).map { String($0.0) }
      #expect(found == [], "\(file)")
    }
  }

  /// Foundation brings a second set of Unicode's tables into the process and is slow where records are many.
  @Test(arguments: rooms)
  func doesWithoutFoundation(_ target: House.Target) {
    #expect(target.imports.filter { $0.hasPrefix("Foundation") } == [])
  }
}
