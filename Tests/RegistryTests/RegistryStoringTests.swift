import Certificates
import CivilTime
import Crypto
import Exchanges
import Glibc
import SQLDatabase
import TestSupport
import Testing

@testable import Registry

/// A registry in a folder of its own.
struct RegistryBench {
  let folder: String
  let database: Database
  let registry: Registry
  let ring: KeyRing

  init(
    _ precedence: Precedence = Precedence(), component: SchemaComponent = RegistrySchema.component
  ) async throws {
    folder = TestFolders.make("zhengdian-registry")
    database = try Database(path: folder + "/registry.sqlite")
    _ = try await database.migrate(component)
    ring = KeyRing.ephemeral()
    registry = Registry(
      database: database, keys: try await RegistryKeys.open(database, ring: ring), precedence: precedence)
  }

  func close() async {
    await database.close()
    TestFolders.remove(folder)
  }

  func store(_ observations: [Observation]) async throws -> StoreCounts {
    let registry = registry
    let prepared = try registry.prepare(observations)
    return try await database.write { try registry.store(prepared, in: $0) }
  }
}

enum Sample {
  static let code = "91330199TX00000017"

  static func licence(
    _ code: String = code, name: String = "拟某电气有限公司", address: String = "拟一路1号", updated: Int64? = nil,
    verification: Verification? = nil
  ) -> CertificateRecord {
    var record = CertificateRecord(kind: .businessLicence)
    record.basic[.number] = .text(code)
    var holder = FieldValues()
    holder[.holderName] = .text(name)
    holder[.holderCode] = .text(code)
    holder[.holderCodeType] = .text("001")
    record.holders = [holder]
    if let field = FieldSchema.field(path: "specific.address", kind: .businessLicence) {
      record.specific[field] = .text(address)
    }
    if let updated { record.management[.sourceUpdatedAt] = .timestamp(Timestamp(milliseconds: updated)) }
    if let verification { record.management[.verification] = .text(verification.rawValue) }
    return record
  }

  static func observation(
    _ record: CertificateRecord, platform: String = "a", exchange: Int64 = 1, received: Int64 = 1000
  ) -> Observation {
    Observation(
      platform: platform, record: record, exchange: ExchangeID(exchange),
      locator: RecordLocator(path: "$['datas'][0]")!, mapping: DefinitionID(rawValue: 1),
      adapter: DefinitionID(rawValue: 2), received: Timestamp(milliseconds: received))
  }
}

@Suite struct RegistryStoringTests {
  @Test func theSameWordTwiceIsOneCertificate() async throws {
    let bench = try await RegistryBench()
    #expect(try await bench.store([Sample.observation(Sample.licence())]).new == 1)
    let again = try await bench.store([Sample.observation(Sample.licence(), exchange: 2, received: 5000)])
    #expect(again.unchanged == 1 && again.new == 0 && again.changed == 0)
    let found = try await bench.registry.certificates(matching: [
      LookupKey(.holderCode, Sample.code.lowercased())
    ])
    let certificate = try #require(found.first)
    #expect(found.count == 1 && certificate.version == 1)
    #expect(certificate.seen.milliseconds == 5000)
    #expect(certificate.record == Sample.licence())
    let observations = try await bench.registry.observations(of: certificate.id)
    #expect(observations.count == 1 && observations[0].lastExchange == ExchangeID(2))
    await bench.close()
  }

  @Test func aNewWordIsANewVersionAndTheOldOneStays() async throws {
    let bench = try await RegistryBench()
    _ = try await bench.store([Sample.observation(Sample.licence(updated: 10))])
    let counts = try await bench.store([
      Sample.observation(Sample.licence(address: "拟二路2号", updated: 20), exchange: 2, received: 2000)
    ])
    #expect(counts.changed == 1)
    let certificate = try #require(
      try await bench.registry.certificates(matching: [LookupKey(.number, Sample.code)]).first)
    #expect(certificate.version == 2 && certificate.changed.milliseconds == 2000)
    let observations = try await bench.registry.observations(of: certificate.id)
    #expect(observations.map(\.version) == [1, 2])
    #expect(try await bench.registry.evidence(for: certificate.id)?.exchange == ExchangeID(2))
    await bench.close()
  }

  @Test func anOlderWordOfTheSamePlatformChangesNothing() async throws {
    let bench = try await RegistryBench()
    _ = try await bench.store([Sample.observation(Sample.licence(updated: 20))])
    let counts = try await bench.store([
      Sample.observation(Sample.licence(address: "拟零路", updated: 10), exchange: 2, received: 9000)
    ])
    #expect(counts.outranked == 1)
    let certificate = try #require(
      try await bench.registry.certificates(matching: [LookupKey(.number, Sample.code)]).first)
    #expect(certificate.version == 1)
    // Read once more, the old word is the same old word.
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "拟零路", updated: 10), exchange: 3, received: 9500)
    ])
    #expect(try await bench.registry.observations(of: certificate.id).count == 2)
    // And the present one is still known as such.
    #expect(
      try await bench.store([Sample.observation(Sample.licence(updated: 20), exchange: 4)]).unchanged == 1)
    await bench.close()
  }

  @Test func authorityDecidesBetweenPlatforms() async throws {
    let bench = try await RegistryBench(Precedence([.businessLicence: ["high", "low"]]))
    _ = try await bench.store([
      Sample.observation(Sample.licence(address: "低", updated: 50), platform: "low"),
      Sample.observation(Sample.licence(address: "高", updated: 10), platform: "high"),
      Sample.observation(Sample.licence(address: "低二", updated: 90), platform: "low"),
      Sample.observation(Sample.licence(address: "外", updated: 99), platform: "unnamed"),
    ])
    let certificate = try #require(
      try await bench.registry.certificates(matching: [LookupKey(.number, Sample.code)]).first)
    #expect(certificate.platform == "high" && certificate.version == 2)
    #expect(try await bench.registry.observations(of: certificate.id).count == 4)
    await bench.close()
  }

  /// What people hand over has the time of the handing over, and may be older than what a platform said before.
  @Test func aListComesAfterEveryPlatformThatIsNotNamed() async throws {
    for (precedence, expected) in [
      (Precedence(lists: ["list"]), "unnamed"),
      (Precedence([.businessLicence: ["list"]], lists: ["list"]), "list"),
    ] {
      let bench = try await RegistryBench(precedence)
      _ = try await bench.store([
        Sample.observation(Sample.licence(address: "外", updated: 10), platform: "unnamed"),
        Sample.observation(Sample.licence(address: "表", updated: 90), platform: "list"),
      ])
      let certificate = try #require(
        try await bench.registry.certificates(matching: [LookupKey(.number, Sample.code)]).first)
      #expect(certificate.platform == expected)
      await bench.close()
    }
  }

  @Test func bareAgreementNeverReplacesContent() async throws {
    let bench = try await RegistryBench(Precedence([.businessLicence: ["police", "register"]]))
    let counts = try await bench.store([
      Sample.observation(Sample.licence(updated: 10), platform: "register"),
      Sample.observation(
        Sample.licence(address: "", updated: 90, verification: .verifiedOnly), platform: "police"),
    ])
    #expect(counts.outranked == 1)
    await bench.close()
  }

  @Test func nothingPersonalLiesInTheFile() async throws {
    let bench = try await RegistryBench()
    _ = try await bench.store([Sample.observation(Sample.licence())])
    _ = try await bench.database.checkpoint()
    let bytes = try #require(readFile(bench.folder + "/registry.sqlite"))
    for secret in [Sample.code, "拟某电气", "拟一路"] {
      #expect(!bytes.contains(Array(secret.utf8)))
    }
    #expect(bytes.contains(Array("business-licence".utf8)))
    await bench.close()
  }

  @Test func anAlteredRecordDoesNotOpen() async throws {
    let bench = try await RegistryBench()
    _ = try await bench.store([
      Sample.observation(Sample.licence()),
      Sample.observation(Sample.licence("91330199TX0000002X", name: "另一家")),
    ])
    // Another row's ciphertext, whole and well sealed, in the wrong place.
    try await bench.database.write { transaction in
      _ = try transaction.execute(
        "UPDATE observation SET sealed = (SELECT sealed FROM observation WHERE id = 2) WHERE id = 1")
    }
    await #expect(throws: RegistryError.self) {
      try await bench.registry.certificates(matching: [LookupKey(.number, Sample.code)])
    }
    await bench.close()
  }

  @Test func aRecordWithoutIdentityIsRefused() async throws {
    let bench = try await RegistryBench()
    #expect(throws: RegistryError.self) {
      try bench.registry.prepare([Sample.observation(CertificateRecord(kind: .propertyDeed))])
    }
    await bench.close()
  }

  @Test func aRowThatSaysTheSameIsQuarantinedOnce() async throws {
    let bench = try await RegistryBench()
    let registry = bench.registry
    @Sendable func row(_ exchange: Int64, _ content: String, entity: String = "licence") -> QuarantineEntry {
      QuarantineEntry(
        platform: "a", operation: "licences", exchange: ExchangeID(exchange),
        locator: RecordLocator(path: "$[\(exchange)]")!, mapping: DefinitionID(rawValue: exchange),
        reasons: ["basic.number: not a credit code"], received: Timestamp(milliseconds: exchange),
        row: registry.rowDigest(Array(content.utf8), entity: entity))
    }
    for rows in [[row(4, "x")], [row(4, "x"), row(4, "y")], [row(5, "x")], [row(6, "x", entity: "deed")]] {
      // All are told, also those that were there.
      #expect(try await bench.database.write { try registry.quarantine(rows, in: $0) } == rows.count)
    }
    #expect(
      try await registry.quarantined() == [row(6, "x", entity: "deed"), row(5, "x"), row(4, "y")])
    #expect(try await registry.quarantined(platform: "b").isEmpty)
    #expect(try await registry.quarantined(platform: "a", operation: "deeds").isEmpty)
    #expect(try await registry.quarantined(exchange: ExchangeID(4)) == [row(4, "y")])
    #expect(try await registry.hasQuarantined(platform: "a", operation: "licences"))
    try await bench.database.write { transaction in
      let digests = [row(0, "y").row, row(0, "z").row].compactMap { $0 }
      try registry.release(digests, platform: "a", operation: "licences", in: transaction)
    }
    #expect(try await registry.quarantined().count == 2)
    #expect(try await registry.settleQuarantine(of: ExchangeID(5)) == 1)
    #expect(try await registry.settleQuarantine(of: ExchangeID(6)) == 1)
    #expect(try await !registry.hasQuarantined(platform: "a", operation: "licences"))
    await bench.close()
  }

  @Test func rowsThatWereQuarantinedBeforeTheyHadADigestStay() async throws {
    let component = RegistrySchema.component
    let bench = try await RegistryBench(
      component: SchemaComponent(name: component.name, migrations: Array(component.migrations.prefix(1))))
    let registry = bench.registry
    _ = try await bench.database.write { transaction in
      for exchange in 1...2 {
        _ = try transaction.execute(
          """
          INSERT INTO quarantine (platform, operation, exchange, locator, mapping, reasons, received)
          VALUES ('a', 'b', ?1, '$[0]', 1, 'one', 5)
          """, .int(exchange))
      }
    }
    _ = try await bench.database.migrate(component)
    #expect(try await registry.quarantined().map(\.exchange.rawValue) == [2, 1])
    #expect(try await !registry.hasQuarantined(platform: "a", operation: "b"))
    #expect(try await registry.settleQuarantine(of: ExchangeID(1)) == 1)
    await bench.close()
  }

  @Test func columnKeysRotate() async throws {
    let bench = try await RegistryBench()
    _ = try await bench.store([Sample.observation(Sample.licence())])
    let rotated = Registry(
      database: bench.database, keys: try await RegistryKeys.rotate(bench.database, ring: bench.ring))
    let keys = [LookupKey(.number, Sample.code)]
    #expect(try await rotated.certificates(matching: keys).count == 1)
    #expect(try await rotated.resealOutdated(after: 0, limit: 10).resealed == 1)
    #expect(try await rotated.resealOutdated(after: 0, limit: 10).resealed == 0)
    #expect(try await rotated.certificates(matching: keys).count == 1)
    // The old keys do not open what the new one sealed.
    await #expect(throws: RegistryError.self) { try await bench.registry.certificates(matching: keys) }
    await bench.close()
  }

  @Test func anotherMasterKeyOpensNothing() async throws {
    let bench = try await RegistryBench()
    let database = bench.database
    await #expect(throws: CryptoError.self) {
      try await RegistryKeys.open(database, ring: KeyRing.ephemeral())
    }
    await bench.close()
  }

  @Test func definitionsAreKeptOncePerContent() async throws {
    let bench = try await RegistryBench()
    let time = Timestamp(milliseconds: 7)
    let first = try await bench.registry.define(.mapping, name: "m", version: 1, content: [1, 2], at: time)
    #expect(
      try await bench.registry.define(.mapping, name: "m", version: 1, content: [1, 2], at: time) == first)
    let second = try await bench.registry.define(.mapping, name: "m", version: 2, content: [3], at: time)
    #expect(second != first)
    #expect(try await bench.registry.definition(first).content == [1, 2])
    await #expect(throws: RegistryError.self) {
      try await bench.registry.definition(DefinitionID(rawValue: 99))
    }
    await bench.close()
  }

  @Test func lookUpsUseTheirIndexes() async throws {
    let bench = try await RegistryBench()
    let plan = try await bench.database.read { reader in
      try reader.plan(
        of: """
          SELECT c.public_id FROM certificate c JOIN observation o ON o.id = c.observation
          JOIN certificate_key k0 ON k0.certificate = c.id AND k0.token = ?1
          """, [.blob([1])])
    }
    #expect(!plan.contains { $0.contains("SCAN") })
    await bench.close()
  }
}

@Suite struct CertificateIDTests {
  @Test func idsAreOpaqueAndChecked() throws {
    let id = CertificateID(random: Array(0..<13))
    #expect(CertificateID(rawValue: id.rawValue) == id)
    #expect(id.rawValue.hasPrefix("crt-") && id.rawValue.utf8.count == 24)
    for text in ["", "crt-", "330102199001011234", id.rawValue + "0", String(id.rawValue.dropLast()) + "l"] {
      #expect(CertificateID(rawValue: text) == nil)
    }
    #expect(CertificateID(random: Array(1..<14)) != id)
  }
}

func readFile(_ path: String) -> [UInt8]? {
  guard let file = unsafe fopen(path, "r") else { return nil }
  defer { _ = unsafe fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe fread(&chunk, 1, chunk.count, file)
    guard count > 0 else { return bytes }
    bytes += chunk[..<count]
  }
}
