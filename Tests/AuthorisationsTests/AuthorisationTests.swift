import Certificates
import CivilTime
import Crypto
import Exchanges
import Registry
import SQLDatabase
import TestSupport
import Testing

@testable import Authorisations

/// What people agree to, in a database.
@Suite struct AuthorisationTests {
  static let now = Timestamp(milliseconds: 1_795_000_000_000)
  static let zhang = PaperHolder(isPerson: true, name: "张三", code: "11010519491231002X")
  static let signOff = try? SignOff(name: "拟经办", reason: "本人要求")

  final class Site {
    let folder = TemporaryFolder()
    let database: Database
    let keys: RegistryKeys
    let authorisations: Authorisations

    init() async throws {
      database = try await Database.open(path: folder.file("a.sqlite"))
      _ = try await database.migrate([RegistrySchema.component, AuthorisationSchema.component])
      keys = try await RegistryKeys.open(database, ring: KeyRing.ephemeral())
      authorisations = Authorisations(database: database, keys: keys)
    }

    @discardableResult
    func keep(_ new: NewAuthorisation, at now: Timestamp = AuthorisationTests.now) async throws -> (
      id: AuthorisationID, isNew: Bool
    ) {
      let authorisations = authorisations
      return try await database.write { try authorisations.keep(new, in: $0, now: now) }
    }

    func all() async throws -> [[String]] {
      try await database.read { reader in
        try reader.query(
          """
          SELECT means, coalesce(kinds, ''), purposes, coalesce(application, ''), channel,
            coalesce(hex(sealed), ''), coalesce(hex(revocation), ''), coalesce(hex(holder_code), ''),
            coalesce(hex(holder_name), ''), hex(content) FROM authorisation ORDER BY id
          """
        ) { row in (0..<10).map { row.text($0) } }
      }
    }
  }

  static func new(
    _ holder: PaperHolder = zhang, until: Timestamp? = nil, kinds: Set<CertificateKind>? = nil,
    purposes: Set<String> = ["supply"], application: String? = nil
  ) -> NewAuthorisation {
    NewAuthorisation(
      means: .counter, holder: holder, given: now.advanced(bySeconds: -60), until: until, kinds: kinds,
      purposes: purposes, application: application, channel: "counter", operator: "拟经办",
      reference: "纸质授权书7号")
  }

  @Test func itIsFoundByWhoGaveIt() async throws {
    let site = try await Site()
    let (id, isNew) = try await site.keep(Self.new(kinds: [.propertyDeed, .identityCard]))
    #expect(isNew)
    let found = try await site.authorisations.authorisations(
      of: PaperHolder(isPerson: true, name: nil, code: "11010519491231002x"))
    #expect(found.map(\.id) == [id] && found.first?.holder == Self.zhang)
    #expect(found.first?.kinds == [.propertyDeed, .identityCard] && found.first?.operator == "拟经办")
    #expect(found.first?.reference == "纸质授权书7号" && found.first?.purposes == ["supply"])
    // The old number of fifteen digits is the same person's; a name alone finds nobody.
    let old = PaperHolder(isPerson: true, name: nil, code: "110105491231002")
    #expect(try await site.authorisations.authorisations(of: old).map(\.id) == [id])
    let name = PaperHolder(isPerson: true, name: "张三", code: nil)
    #expect(try await site.authorisations.authorisations(of: name).isEmpty)
    let other = PaperHolder(isPerson: true, name: "张三", code: "440524188001010014")
    #expect(try await site.authorisations.authorisations(of: other).isEmpty)
  }

  @Test func theSameOnceMoreIsOne() async throws {
    let site = try await Site()
    let first = try await site.keep(Self.new())
    let second = try await site.keep(Self.new(), at: Self.now.advanced(bySeconds: 3600))
    #expect(second == (first.id, false))
    #expect(try await site.keep(Self.new(purposes: ["transfer"])).isNew)
    #expect(try await site.keep(Self.new(kinds: [.identityCard])).isNew)
  }

  @Test func aPersonWithoutACodeIsKnownWithinOneApplication() async throws {
    let site = try await Site()
    let name = PaperHolder(isPerson: true, name: "张 三", code: nil)
    await #expect(throws: AuthorisationError.self) { try await site.keep(Self.new(name)) }
    let (id, _) = try await site.keep(Self.new(name, application: "GD-1"))
    let asked = PaperHolder(isPerson: true, name: "张三", code: nil)
    #expect(
      try await site.authorisations.authorisations(of: asked, application: "GD-1").map(\.id) == [id])
    #expect(try await site.authorisations.authorisations(of: asked, application: "GD-2").isEmpty)
    #expect(try await site.authorisations.authorisations(of: asked).isEmpty)
    // Of an organisation there is one of a name.
    let company = PaperHolder(isPerson: false, name: "新县光明（茶业）有限公司", code: nil)
    let (other, _) = try await site.keep(Self.new(company))
    let spelled = PaperHolder(isPerson: false, name: "新县光明(茶业)有限公司", code: nil)
    #expect(try await site.authorisations.authorisations(of: spelled).map(\.id) == [other])
  }

  @Test func itHoldsWithinItsTimeAndForWhatItIsAbout() async throws {
    let site = try await Site()
    let until = Self.now.advanced(bySeconds: 100)
    let (id, _) = try await site.keep(Self.new(until: until, application: "GD-1"))
    let kept = try await site.authorisations.authorisation(id)
    #expect(!kept.holds(at: Self.now.advanced(bySeconds: -61)))
    #expect(kept.holds(at: Self.now) && kept.holds(at: until.advanced(byMilliseconds: -1)))
    #expect(!kept.holds(at: until))
    #expect(kept.covers(purpose: "supply", application: "GD-1"))
    #expect(!kept.covers(purpose: "supply", application: "GD-2"))
    #expect(!kept.covers(purpose: "supply", application: nil))
    #expect(!kept.covers(purpose: "transfer", application: "GD-1"))
    #expect(!kept.covers(purpose: nil, application: "GD-1"))
  }

  @Test func whatIsRevokedHoldsNoMore() async throws {
    let site = try await Site()
    let (id, _) = try await site.keep(Self.new())
    let later = Self.now.advanced(bySeconds: 10)
    let (signOff, authorisations) = (try #require(Self.signOff), site.authorisations)
    func revoke(_ at: Timestamp) async throws -> Bool {
      try await site.database.write { try authorisations.revoke(id, by: signOff, in: $0, now: at) }
    }
    #expect(try await revoke(later))
    #expect(try await !revoke(later.advanced(bySeconds: 10)))
    let kept = try await site.authorisations.authorisation(id)
    #expect(kept.revoked == later && kept.holds(at: Self.now) && !kept.holds(at: later))
    #expect(try await site.authorisations.revocation(of: id)?.reason == "本人要求")
    // The same given once more is the one that was revoked.
    #expect(try await site.keep(Self.new()) == (id, false))
  }

  @Test func whatIsErasedIsGoneAndNeverKeptAgain() async throws {
    let site = try await Site()
    let (id, _) = try await site.keep(Self.new())
    let (signOff, authorisations) = (try #require(Self.signOff), site.authorisations)
    _ = try await site.database.write { try authorisations.revoke(id, by: signOff, in: $0, now: Self.now) }
    #expect(try await site.database.write { try authorisations.erase(id, in: $0, now: Self.now) })
    #expect(try await !site.database.write { try authorisations.erase(id, in: $0, now: Self.now) })
    let kept = try await authorisations.authorisation(id)
    #expect(kept.holder == nil && kept.operator == nil && kept.reference == nil && kept.erased == Self.now)
    #expect(try await authorisations.authorisations(of: Self.zhang).isEmpty)
    #expect(try await site.all().first?[5...8] == ["", "", "", ""])
    await #expect(throws: AuthorisationError.erased(id)) { try await site.keep(Self.new()) }
    await #expect(throws: AuthorisationError.self) {
      try await site.database.write { try authorisations.revoke(id, by: signOff, in: $0, now: Self.now) }
    }
  }

  @Test func whatEndedLongAgoIsErasedAndWhatHoldsIsKept() async throws {
    let site = try await Site()
    let endless = try await site.keep(Self.new()).id
    let ended = try await site.keep(Self.new(until: Self.now.advanced(bySeconds: 100))).id
    let revoked = try await site.keep(Self.new(purposes: ["transfer"])).id
    let (signOff, authorisations) = (try #require(Self.signOff), site.authorisations)
    _ = try await site.database.write {
      try authorisations.revoke(revoked, by: signOff, in: $0, now: Self.now)
    }
    func erase(_ before: Timestamp, isTrial: Bool = false) async throws -> Int {
      try await Authorisations.eraseEnded(before: before, in: site.database, now: before, isTrial: isTrial)
    }
    #expect(try await erase(Self.now) == 0)
    let later = Self.now.advanced(bySeconds: 101)
    #expect(try await erase(later, isTrial: true) == 2)
    let moment = Self.now.milliseconds
    #expect(
      try await Authorisations.eraseEnded(
        before: later, sparing: [moment...moment], in: site.database, now: later, isTrial: true) == 1)
    #expect(try await erase(later) == 2)
    #expect(try await erase(later) == 0)
    for id in [ended, revoked] {
      #expect(try await authorisations.authorisation(id).erased == later)
    }
    #expect(try await authorisations.authorisation(endless).holder == Self.zhang)
  }

  @Test func nothingOfAnybodyIsPlain() async throws {
    let site = try await Site()
    _ = try await site.keep(Self.new(application: "GD-1"))
    let columns = try await site.all().joined().joined(separator: " ").lowercased()
    for secret in ["张三", "11010519491231002x", "拟经办", "纸质授权书7号"] {
      #expect(!columns.contains(secret))
      #expect(!columns.contains(Hex.encode(Array(secret.utf8)).lowercased()))
    }
    // The digests of two tables are two, and so are those of code and name.
    let tokens = site.keys.tokens(of: Self.zhang, in: "a")
    #expect(
      tokens.all.count == 2 && Set(tokens.all + site.keys.tokens(of: Self.zhang, in: "b").all).count == 4)
  }

  static let unfit: [(String, NewAuthorisation)] = [
    ("nobody's", new(PaperHolder(isPerson: true, name: " ", code: nil))),
    ("ends before it begins", new(until: now.advanced(bySeconds: -60))),
    ("no kind", new(kinds: [])), ("is no name", new(purposes: ["a b"])),
    (
      "in the future",
      {
        var one = new()
        one.given = now.advanced(bySeconds: 301)
        return one
      }()
    ),
  ]

  @Test(arguments: unfit) func whatIsNoAuthorisationIsRefused(_ word: String, _ new: NewAuthorisation)
    async throws
  {
    let site = try await Site()
    await #expect { try await site.keep(new) } throws: { error in
      (error as? AuthorisationError)?.code == .unfit && "\(error)".contains(word)
    }
  }
}
