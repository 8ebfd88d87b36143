import CivilTime
import Crypto
import Exchanges
import Journal
import SQLDatabase
import Testing

@Suite struct SealingTests {
  @Test func anErasedBodyIsGoneAndTheRestStays() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let id = try await journal.record(JournalFixture.exchange(problem: JournalFixture.problem))
    let other = try await journal.record(JournalFixture.exchange(response: "another"))
    let before = try #require(try await journal.summary(id))
    #expect(try await journal.erase(id, parts: [.response]) == 1)
    #expect(try await journal.body(id, .request) == Array("page=1".utf8))
    #expect(try await code { _ = try await journal.body(id, .response) } == .erased)
    #expect(try await code { _ = try await journal.exchange(id) } == .erased)
    #expect(try await journal.erase(id) == 2)
    #expect(try await journal.erase(id) == 0)
    #expect(try await code { _ = try await journal.body(id, .request) } == .erased)
    let after = try #require(try await journal.summary(id))
    #expect(after.erased != nil)
    #expect(after.digests == before.digests)
    #expect(try await journal.exchange(other).responseBody == Array("another".utf8))
    #expect(try await code { try await journal.erase(ExchangeID(99)) } == .notFound)
  }

  @Test func digestsCommitToCiphertextAndContent() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let id = try await journal.record(JournalFixture.exchange())
    let twin = try await journal.record(JournalFixture.exchange())
    let digests = try #require(try await journal.summary(id)).digests
    let sealed = try await fixture.database.read {
      try $0.query("SELECT sealed FROM exchange_content WHERE id / 4 = ?1 ORDER BY id", .int(id.rawValue)) {
        $0.blob(0)
      }
    }
    #expect(sealed.map { Digest.sm3.hash($0) } == [digests.requestSealed, digests.responseSealed])
    // Salted: the same content has another digest each time.
    #expect(try await journal.summary(twin)?.digests.responseContent != digests.responseContent)
  }

  @Test func tellsAMissingKeyFromAWrongOne() async throws {
    let one = try KeyRing(text: "one: \(Hex.encode(SecureRandom.bytes(32)))", source: "test")
    let fixture = try await JournalFixture(keys: one)
    let id = try await fixture.journal.record(JournalFixture.exchange())
    let missing = try KeyRing(text: "two: \(Hex.encode(SecureRandom.bytes(32)))", source: "test")
    #expect(try await code { _ = try await fixture.journal(keys: missing).exchange(id) } == .missingKey)
    let wrong = try KeyRing(text: "one: \(Hex.encode(SecureRandom.bytes(32)))", source: "test")
    #expect(try await code { _ = try await fixture.journal(keys: wrong).exchange(id) } == .tampered)
  }

  @Test func rewrapsAfterARotation() async throws {
    let one = Hex.encode(SecureRandom.bytes(32))
    let two = Hex.encode(SecureRandom.bytes(32))
    let fixture = try await JournalFixture(keys: try KeyRing(text: "one: \(one)", source: "test"))
    var ids: [ExchangeID] = []
    for _ in 0..<5 {
      ids.append(try await fixture.journal.record(JournalFixture.exchange(problem: JournalFixture.problem)))
    }
    try await fixture.journal.erase(ids[2])
    let both = fixture.journal(keys: try KeyRing(text: "one: \(one)\ntwo: \(two)", source: "test"))
    var position: ExchangeID?
    var count = 0
    repeat {
      let step = try await both.rewrapKeys(after: position, limit: 2)
      position = step.next
      count += step.rewrapped
    } while position != nil
    #expect(count == 12)
    let onlyTwo = fixture.journal(keys: try KeyRing(text: "two: \(two)", source: "test"))
    for id in ids where id != ids[2] { _ = try await onlyTwo.exchange(id) }
    #expect(try await both.rewrapKeys(after: nil).rewrapped == 0)
  }

  @Test(arguments: [
    "UPDATE exchange_content SET sealed = substr(sealed, 1, length(sealed) - 1) || x'00' WHERE id / 4 = ?1",
    "UPDATE exchange_content SET sealed = x'00' WHERE id / 4 = ?1",
    "UPDATE exchange_key SET wrapped = substr(wrapped, 1, length(wrapped) - 1) || x'00' WHERE id / 4 = ?1",
    "UPDATE exchange_key SET wrapped = x'' WHERE id / 4 = ?1",
    "UPDATE exchange SET platform = 'other' WHERE id = ?1",
    "UPDATE exchange SET created = created + 1 WHERE id = ?1",
    "UPDATE exchange SET attempt = 1 WHERE id = ?1",
    "UPDATE exchange SET token = randomblob(16) WHERE id = ?1",
    "UPDATE exchange SET request_content_digest = zeroblob(32) WHERE id = ?1",
    "UPDATE exchange SET response_sealed_digest = NULL WHERE id = ?1",
    // The content of the other exchange with its key.
    "UPDATE exchange_content SET sealed = (SELECT sealed FROM exchange_content AS o WHERE o.id = exchange_content.id + 4) WHERE id / 4 = ?1",
  ])
  func noticesAlterations(statement: String) async throws {
    let fixture = try await JournalFixture()
    let id = try await fixture.journal.record(JournalFixture.exchange())
    let other = try await fixture.journal.record(JournalFixture.exchange(response: "other"))
    _ = try await fixture.database.write { try $0.execute(statement, .int(id.rawValue)) }
    #expect(try await code { _ = try await fixture.journal.exchange(id) } == .tampered)
    _ = try await fixture.journal.exchange(other)
  }

  @Test func refusesMoreThanItIsAllowedToOpen() async throws {
    let fixture = try await JournalFixture()
    let id = try await fixture.journal.record(
      JournalFixture.exchange(response: String(repeating: "0", count: 1_000_000)))
    var configuration = Journal.Configuration()
    configuration.largestContent = 999_999
    let careful = Journal(database: fixture.database, keys: fixture.keys, configuration: configuration)
    #expect(try await code { _ = try await careful.exchange(id) } == .tooLarge)
  }
}
