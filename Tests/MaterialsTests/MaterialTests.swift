import Applications
import Certificates
import CivilTime
import Crypto
import Exchanges
import Registry
import SQLDatabase
import TestSupport
import Testing

@testable import Materials

/// What customers hand in, in a database.
@Suite struct MaterialTests {
  static let now = Timestamp(milliseconds: 1_795_000_000_000)
  static let zhang = PaperHolder(isPerson: true, name: "张三", code: "11010519491231002X")
  static let li = PaperHolder(isPerson: true, name: "李四", code: "440524188001010014")

  final class Site {
    let folder = TemporaryFolder()
    let database: Database
    let keys: RegistryKeys
    let materials: Materials

    init() async throws {
      database = try await Database.open(path: folder.file("m.sqlite"))
      _ = try await database.migrate([RegistrySchema.component, MaterialSchema.component])
      keys = try await RegistryKeys.open(database, ring: KeyRing.ephemeral())
      materials = Materials(database: database, keys: keys)
    }

    @discardableResult
    func keep(_ new: NewMaterial, at now: Timestamp = MaterialTests.now) async throws -> (
      id: MaterialID, isNew: Bool
    ) {
      let (materials, prepared) = (materials, try materials.prepare(new))
      let kept = try await database.write { try materials.keep(prepared, in: $0, now: now) }
      return (kept.id, kept.isNew)
    }

    func files() async throws -> Int64 {
      try await database.read { try $0.int("SELECT count(*) FROM material_file") }
    }
  }

  static func new(
    _ holder: PaperHolder = zhang, code: String = "property-deed", content: String = "deed",
    number: String? = "豫(2021)新县不动产权第0001234号", validTo: String? = nil, application: String? = "GD-1",
    business: String = "new"
  ) -> NewMaterial {
    let bytes = Array(content.utf8)
    return NewMaterial(
      code: code, kind: CertificateKind(rawValue: code), holder: holder, number: number,
      issued: CivilDate(iso: "2021-05-01"), validTo: validTo.flatMap { CivilDate(iso: $0) },
      place: MaterialPlace(address: "新县解放路9号"), business: business, application: application,
      channel: "counter", operator: "拟经办",
      file: Applications.Attachment(
        name: "张三的房产证.pdf", mediaType: "application/pdf", bytes: bytes,
        sm3: Hex.encode(Digest.sm3.hash(bytes))))
  }

  @Test func theSameFileIsKeptOnceWhateverItIsFor() async throws {
    let site = try await Site()
    let first = try await site.keep(Self.new())
    #expect(first.isNew)
    let again = try await site.keep(
      Self.new(application: "GD-2", business: "increase"), at: Self.now.advanced(bySeconds: 86_400))
    #expect(again == (first.id, false))
    let kept = try await site.materials.material(first.id)
    #expect(kept.application == "GD-1" && kept.business == "new" && kept.received == Self.now)
    #expect(kept.details?.place.address == "新县解放路9号" && kept.details?.operator == "拟经办")
    #expect(try await site.materials.file(of: first.id).bytes == Array("deed".utf8))
    // It was brought for both.
    for number in ["GD-1", "GD-2"] {
      #expect(try await site.materials.handedIn(forApplication: number) == [first.id])
    }
    #expect(try await site.materials.handedIn(forApplication: "GD-3").isEmpty)
    // Another owner's, or as another paper, it is another material of the same file.
    #expect(try await site.keep(Self.new(Self.li)).isNew)
    #expect(try await site.keep(Self.new(code: "village-proof")).isNew)
    #expect(try await site.files() == 1)
    #expect(try await site.keep(Self.new(content: "other")).isNew)
    #expect(try await site.files() == 2)
  }

  @Test func whatIsSaidOtherwiseOfTheSameFileIsRefusedUntilItIsTakenBack() async throws {
    let site = try await Site()
    let (id, _) = try await site.keep(Self.new())
    // Another spelling is the same number.
    #expect(try await !site.keep(Self.new(number: "豫（2021）新县不动产权第0001234号")).isNew)
    await #expect { try await site.keep(Self.new(validTo: "2030-01-01")) } throws: { error in
      (error as? MaterialError)?.code == .differs
    }
    let (signOff, materials) = (try SignOff(name: "拟经办", reason: "录错"), site.materials)
    #expect(try await site.database.write { try materials.withdraw(id, by: signOff, in: $0, now: Self.now) })
    #expect(try await !site.database.write { try materials.withdraw(id, by: signOff, in: $0, now: Self.now) })
    #expect(try await materials.withdrawal(of: id)?.reason == "录错")
    let (next, isNew) = try await site.keep(Self.new(validTo: "2030-01-01"))
    #expect(isNew && next != id)
    #expect(try await materials.materials(of: Self.zhang).map(\.id) == [next])
    #expect(try await site.files() == 1)
  }

  @Test func itIsFoundByWhoseItIs() async throws {
    let site = try await Site()
    let (id, _) = try await site.keep(Self.new())
    let name = PaperHolder(isPerson: true, name: "张三", code: nil)
    let (unknown, _) = try await site.keep(Self.new(name, content: "other"))
    func found(_ holder: PaperHolder, _ application: String? = nil) async throws -> [MaterialID] {
      try await site.materials.materials(of: holder, application: application).map(\.id)
    }
    #expect(try await found(PaperHolder(isPerson: true, name: nil, code: "110105491231002")) == [id])
    #expect(try await found(name).isEmpty)
    #expect(try await found(name, "GD-1") == [unknown])
    #expect(try await found(Self.zhang, "GD-1") == [unknown, id])
    #expect(try await found(Self.zhang, "GD-2") == [id])
    #expect(try await found(Self.li, "GD-1").isEmpty)
  }

  @Test func itHoldsUntilItsLastDay() async throws {
    let site = try await Site()
    let (id, _) = try await site.keep(Self.new(validTo: "2026-12-31"))
    let kept = try await site.materials.material(id)
    #expect(kept.holds(on: try #require(CivilDate(iso: "2026-12-31"))))
    #expect(!kept.holds(on: try #require(CivilDate(iso: "2027-01-01"))))
  }

  @Test func whatIsErasedIsGoneAndTheFileWithTheLastOfIt() async throws {
    let site = try await Site()
    let (id, _) = try await site.keep(Self.new())
    let (other, _) = try await site.keep(Self.new(Self.li))
    let materials = site.materials
    #expect(try await site.database.write { try materials.erase(id, in: $0, now: Self.now) })
    #expect(try await !site.database.write { try materials.erase(id, in: $0, now: Self.now) })
    let gone = try await materials.material(id)
    #expect(gone.details == nil && gone.erased == Self.now && gone.application == nil)
    await #expect(throws: MaterialError.erased(id)) { try await materials.file(of: id) }
    #expect(try await materials.materials(of: Self.zhang).isEmpty)
    #expect(try await materials.file(of: other).bytes == Array("deed".utf8))
    _ = try await site.database.write { try materials.erase(other, in: $0, now: Self.now) }
    #expect(try await site.files() == 0)
    // It may be handed in anew.
    #expect(try await site.keep(Self.new()).isNew)
  }

  @Test func whatEndedLongAgoIsErased() async throws {
    let site = try await Site()
    let endless = try await site.keep(Self.new()).id
    let ending = try await site.keep(Self.new(content: "a", validTo: "2026-12-31")).id
    let later = try await site.keep(Self.new(content: "b", validTo: "2040-01-01")).id
    let withdrawn = try await site.keep(Self.new(content: "c", validTo: "2040-01-01")).id
    let (signOff, materials) = (try SignOff(name: "拟经办", reason: "录错"), site.materials)
    _ = try await site.database.write {
      try materials.withdraw(withdrawn, by: signOff, in: $0, now: Self.now)
    }
    func erase(
      _ day: String, sparing spared: [ClosedRange<Int64>] = [], isTrial: Bool = false
    ) async throws -> Int {
      let before = try #require(Timestamp(iso8601: "\(day)T04:00:00Z"))
      return try await Materials.eraseEnded(
        before: before, sparing: spared, in: site.database, now: before, isTrial: isTrial)
    }
    #expect(try await erase("2026-11-01") == 0)
    // Handed in and taken back while the clock stood behind.
    let now = Self.now.milliseconds
    #expect(try await erase("2026-12-31", sparing: [now...now]) == 0)
    #expect(try await erase("2026-12-31", isTrial: true) == 2)
    #expect(try await erase("2026-12-31") == 2)
    #expect(try await erase("2027-01-01") == 1)
    #expect(try await erase("2039-01-01") == 0)
    #expect(try await materials.material(later).erased == nil)
    for id in [endless, ending, withdrawn] { #expect(try await materials.material(id).erased != nil) }
  }

  @Test func nothingOfAnybodyIsPlain() async throws {
    let site = try await Site()
    _ = try await site.keep(Self.new(validTo: "2030-01-01"))
    let columns = try await site.database.read { reader in
      try reader.query(
        """
        SELECT code || kind || coalesce(issued, '') || valid_to || business || application || channel
          || hex(sealed) || hex(identity) || hex(holder_code) || hex(holder_name) FROM material
        UNION ALL SELECT hex(content) || hex(sealed) FROM material_file
        """
      ) { $0.text(0) }
    }.joined().lowercased()
    for secret in ["张三", "11010519491231002x", "拟经办", "解放路", "0001234", "deed.pdf", "房产证"] {
      #expect(!columns.contains(secret) && !columns.contains(Hex.encode(Array(secret.utf8)).lowercased()))
    }
  }

  private static func record(
    name: String = "张三", code: String = "11010519491231002X", state: String = "01", validTo: String? = nil
  ) throws -> CertificateRecord {
    var record = CertificateRecord(kind: .propertyDeed)
    record[.state] = .text(state)
    record[.validTo] = validTo.flatMap { CivilDate(iso: $0) }.map { .date($0) }
    var holder = FieldValues()
    holder[try #require(FieldSchema.field(.holder, "name", kind: .propertyDeed))] = .text(name)
    holder[try #require(FieldSchema.field(.holder, "code", kind: .propertyDeed))] = .text(code)
    record.holders = [holder]
    return record
  }

  @Test func itIsComparedWithTheCertificateOfItsNumber() async throws {
    let site = try await Site()
    let (id, _) = try await site.keep(Self.new(validTo: "2030-01-01"))
    let material = try await site.materials.material(id)
    let certificate = try #require(CertificateID(rawValue: "crt-" + String(repeating: "0", count: 20)))
    let day = Self.now.civil(offsetSeconds: UTCOffset.china).date
    func check(_ record: CertificateRecord) -> MaterialCheck {
      material.compared(with: record, certificate, on: day, at: Self.now)
    }
    #expect(check(try Self.record()) == MaterialCheck(.agrees, at: Self.now, certificate: certificate))
    #expect(check(try Self.record(name: "张 三", code: "110105491231002")).state == .agrees)
    let other = check(try Self.record(name: "李四", code: "440524188001010014", validTo: "2029-01-01"))
    #expect(other.state == .differs && other.reasons == [.holder, .validTo])
    #expect(check(try Self.record(state: "03")).reasons == [.standing])
    let hidden = check(try Self.record(name: "张*", code: "110105********002X"))
    #expect(hidden.state == .unchecked && hidden.reasons == [.hidden])
    // What came of it is kept with it.
    let materials = site.materials
    try await site.database.write { try materials.note(other, of: id, in: $0) }
    #expect(try await materials.material(id).check == other)
  }

  @Test func whatIsUnfitIsRefused() async throws {
    let site = try await Site()
    for (word, new) in [
      ("nobody's", Self.new(PaperHolder(isPerson: true, name: nil, code: nil))),
      (
        "no more than the application",
        Self.new(PaperHolder(isPerson: true, name: "张三", code: nil), application: nil)
      ),
      ("empty", Self.new(content: "")), ("before the day of issue", Self.new(validTo: "2021-04-30")),
    ] {
      await #expect { try await site.keep(new) } throws: { error in
        (error as? MaterialError)?.code == .unfit && "\(error)".contains(word)
      }
    }
    await #expect(throws: MaterialError.self) {
      try await site.materials.material(MaterialID(rawValue: 9))
    }
  }
}
