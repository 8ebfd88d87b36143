/// One step in the life of a part's tables. A step that has been released is never changed: its content is
/// remembered, and a later step repairs what it did wrong.
public struct Migration: Hashable, Sendable {
  /// Counts from 1 without gaps.
  public let version: Int
  public let name: String
  public let statements: [String]

  public init(version: Int, name: String, statements: [String]) {
    self.version = version
    self.name = name
    self.statements = statements
  }

  /// Detects an edited step. Blanks count too: nobody edits a released step.
  var checksum: String {
    // FNV-1a, 64 bits: it guards against mistakes, not against attackers.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for statement in statements {
      for byte in statement.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      hash = (hash ^ 0xFF) &* 0x100_0000_01b3  // no text contains 0xFF
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The tables of one part of the program (journal, registry …) with the steps that lead to them.
public struct SchemaComponent: Hashable, Sendable {
  public let name: String
  public let migrations: [Migration]

  public init(name: String, migrations: [Migration]) {
    precondition(
      migrations.map(\.version) == Array(1...max(1, migrations.count)).prefix(migrations.count).map { $0 },
      "the versions of \(name) do not count from 1 without gaps")
    self.name = name
    self.migrations = migrations
  }
}

/// What has been done to the tables of a part.
public struct SchemaVersion: Hashable, Sendable {
  public let component: String
  public let version: Int
  public let name: String
}
