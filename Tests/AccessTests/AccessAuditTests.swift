import Access
import Certificates
import CivilTime
import Crypto
import Registry
import SQLDatabase
import TestSupport
import Testing

@Suite struct AccessAuditTests {
  private let folder = TemporaryFolder()

  private func open(_ ring: KeyRing = .ephemeral()) async throws -> (Database, AccessAudit) {
    let database = try await Database.open(path: folder.path + "/audit.sqlite")
    try await database.migrate(RegistrySchema.component, AccessAuditSchema.component)
    return (
      database, AccessAudit(database: database, keys: try await RegistryKeys.open(database, ring: ring))
    )
  }

  private static let ids = ["crt-00000000000000000001", "crt-00000000000000000002"].compactMap(
    CertificateID.init)

  private static func entry(_ number: Int, consumer: String = "marketing") -> AccessEntry {
    AccessEntry(
      time: Timestamp(milliseconds: Int64(1000 * number)), consumer: consumer, operator: "拟操作员\(number % 3)",
      purpose: "supply", item: number % 2 == 0 ? "ITEM" : nil, action: .search, outcome: .answered,
      reason: number % 4 == 1 ? "理由\(number)" : nil, hits: 1,
      certificates: [ids[number % 2]], revealed: ["holder.name"],
      keys: [LookupKey(.holderCode, "code-\(number)")],
      requestID: "request-\(number)")
  }

  @Test func entriesComeBackAsTheyWere() async throws {
    let (database, audit) = try await open()
    var entry = Self.entry(1)
    #expect(try await audit.record(entry) == 1)
    let found = try await audit.list(AccessFilter())
    entry.keys = []
    #expect(found.map(\.id) == [1] && found.map(\.entry) == [entry])
    await database.close()
  }

  @Test func auditorsAskByTimeConsumerOperatorCertificateAndKey() async throws {
    let (database, audit) = try await open()
    for number in 1...9 {
      try await audit.record(Self.entry(number, consumer: number > 6 ? "service" : "marketing"))
    }
    func ids(_ filter: AccessFilter) async throws -> [Int64] { try await audit.list(filter).map(\.id) }
    #expect(
      try await ids(AccessFilter(since: Timestamp(milliseconds: 3000), until: Timestamp(milliseconds: 5000)))
        == [3, 4])
    #expect(try await ids(AccessFilter(consumer: "service")) == [7, 8, 9])
    #expect(try await ids(AccessFilter(operator: "拟操作员1")) == [1, 4, 7])
    #expect(try await ids(AccessFilter(certificate: Self.ids[0])) == [2, 4, 6, 8])
    #expect(try await ids(AccessFilter(key: LookupKey(.holderCode, "CODE-5"))) == [5])
    #expect(try await ids(AccessFilter(key: LookupKey(.holderName, "code-5"))) == [])
    #expect(
      try await ids(AccessFilter(consumer: "marketing", operator: "拟操作员1", certificate: Self.ids[1])) == [1])
    #expect(try await ids(AccessFilter(after: 4, limit: 2)) == [5, 6])
    #expect(try await ids(AccessFilter(purpose: "supply", limit: 2, isNewestFirst: true)) == [9, 8])
    #expect(try await ids(AccessFilter(after: 8, limit: 2, isNewestFirst: true)) == [7, 6])
    #expect(try await ids(AccessFilter(purpose: "transfer")) == [])
    await database.close()
  }

  @Test func askingUsesAnIndex() async throws {
    let (database, _) = try await open()
    let plans = try await database.read { reader in
      try [
        ("SELECT 1 FROM access a WHERE a.id > ?1 AND a.consumer = ?2 ORDER BY a.id LIMIT 9", 2),
        (
          "SELECT 1 FROM access a JOIN access_certificate c ON c.access = a.id WHERE a.id > ?1 AND c.certificate = ?2 ORDER BY a.id",
          2
        ),
        (
          "SELECT 1 FROM access a JOIN access_key k ON k.access = a.id WHERE a.id > ?1 AND k.token = ?2 ORDER BY a.id",
          2
        ),
      ].map { sql, count in try reader.plan(of: sql, Array(repeating: .int(1), count: count)) }
    }
    for plan in plans { #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan)") }
    await database.close()
  }

  /// A change somebody could make in the table behind our back, and whether it is an altered operator (which does not even open).
  static let tamperings = [
    "UPDATE access SET consumer = 'other' WHERE id = 5", "UPDATE access SET time = time + 1 WHERE id = 5",
    "UPDATE access SET purpose = 'transfer' WHERE id = 5", "UPDATE access SET hits = 0 WHERE id = 5",
    "UPDATE access SET certificates = '' WHERE id = 5", "UPDATE access SET revealed = '' WHERE id = 5",
    "UPDATE access SET outcome = 'refused' WHERE id = 5", "UPDATE access SET item = 'X' WHERE id = 5",
    "UPDATE access SET request_id = 'request-6' WHERE id = 5",
    "UPDATE access SET operator = (SELECT operator FROM access WHERE id = 6) WHERE id = 5",
    "UPDATE access SET chain = (SELECT chain FROM access WHERE id = 6) WHERE id = 5",
    "DELETE FROM access WHERE id = 4", "DELETE FROM access WHERE id = 9",
    "DELETE FROM access_certificate WHERE access = 5",
    "DELETE FROM access_key WHERE access = 5", "UPDATE access SET keys = x'' WHERE id = 5",
    "UPDATE access SET operator_token = x'00' WHERE id = 5", "UPDATE access SET reason = NULL WHERE id = 5",
    "UPDATE access SET reason = (SELECT reason FROM access WHERE id = 1) WHERE id = 5",
    "UPDATE access SET reason = (SELECT reason FROM access WHERE id = 5) WHERE id = 6",
    "UPDATE access SET id = CASE id WHEN 4 THEN -4 WHEN 5 THEN 4 ELSE id END WHERE id IN (4, 5)",
  ]

  @Test(arguments: tamperings) func whatWasAlteredShows(statement: String) async throws {
    let (database, audit) = try await open()
    for number in 1...9 { try await audit.record(Self.entry(number)) }
    #expect(try await audit.verify() == nil)
    #expect(try await audit.verify(limit: 4) == 4)
    #expect(try await audit.verify(after: 8, limit: 4) == nil)
    _ = try await database.write { try $0.execute(statement) }
    await #expect(throws: AccessError.self) { try await audit.verify() }
    await #expect(throws: AccessError.self) {
      var position: Int64 = 0
      while let next = try await audit.verify(after: position, limit: 2) { position = next }
    }
    await database.close()
  }

  @Test func manyAtOnceMakeOneChain() async throws {
    let (database, audit) = try await open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...300 { group.addTask { try await audit.record(Self.entry(number)) } }
      try await group.waitForAll()
    }
    #expect(try await audit.list(AccessFilter(limit: 1000)).count == 300)
    #expect(try await audit.verify() == nil)
    await database.close()
  }

  @Test func theOperatorIsSealedAndStaysReadableAfterANewKey() async throws {
    let ring = KeyRing.ephemeral()
    let (database, audit) = try await open(ring)
    try await audit.record(Self.entry(1))
    let stored = try await database.read { try $0.first("SELECT operator FROM access") { $0.blob(0) } }
    #expect(stored?.firstRange(of: Array("拟操作员".utf8)) == nil)
    let rotated = AccessAudit(database: database, keys: try await RegistryKeys.rotate(database, ring: ring))
    try await rotated.record(Self.entry(2))
    #expect(try await rotated.list(AccessFilter()).map(\.entry.operator) == ["拟操作员1", "拟操作员2"])
    #expect(try await rotated.verify() == nil)
    await database.close()
  }
}
