import Applications
import Calendars
import CivilTime
import TestSupport
import Testing

@testable import Permits

/// What a word means beside what is known.
@Suite struct PermitWordReadingTests {
  private static func moment(_ text: String) throws -> CivilDateTime {
    try #require(CivilDateTime(iso: "2026-03-" + text))
  }

  private static func reading(
    _ word: PermitEvent, _ said: String?, isLate: Bool, _ known: [(String, String)]
  ) throws -> PermitWordReading {
    let events = try known.enumerated().map { place, event in
      ClockEvent(
        id: "\(place)", name: event.0, happened: try moment(event.1),
        learned: Timestamp(milliseconds: Int64(place)))
    }
    let received = try moment("20T12:00:00")
    let told = PermitMoment(said: try said.map(moment), received: received, handedIn: nil)
    return PermitWordReading(word, at: told, received: received, isLate: isLate, events)
  }

  /// 补正 by telephone, of which the answer knows nothing: it is about what was before.
  @Test func anAnswerThatIsBehindWhatPeopleKnowIsAboutWhatWasBefore() throws {
    let known = [("submitted", "02T10:00:00"), ("supplement-requested", "05T10:00:00")]
    let behind = try Self.reading(.accepted, "04T09:00:00", isLate: false, known)
    #expect(behind.steps == [.accepted] && behind.known.map(\.name) == ["submitted"])
    // Later than that it says that what was asked for has come.
    let later = try Self.reading(.accepted, "06T09:00:00", isLate: false, known)
    #expect(later.steps == [.supplementReceived, .accepted])
    // Known before: nothing is new.
    let twice = [known[0], ("accepted", "04T09:00:00"), known[1]]
    #expect(try Self.reading(.accepted, "04T09:00:00", isLate: false, twice).steps == [])
  }

  /// Of a day: behind what is known of it, and before it where only that can be.
  @Test(arguments: [true, false]) func aDayIsBehindWhatIsKnownOfIt(_ isLate: Bool) throws {
    let answered = [
      ("accepted", "05T09:00:00"), ("supplement-requested", "05T10:00:00"),
      ("supplement-received", "05T14:00:00"),
    ]
    let second = try Self.reading(.supplementRequested, "05T00:00:00", isLate: isLate, answered)
    #expect(second.steps == [.supplementRequested])
    let (afternoon, half) = (try Self.moment("05T14:00:00"), try Self.moment("05T09:30:00"))
    let midnight = try Self.moment("05T00:00:00")
    #expect(second.happened == afternoon)
    let first = try Self.reading(.received, "05T00:00:00", isLate: isLate, answered)
    #expect(first.steps == [.received] && first.happened == midnight)
    // With a time it is where it is.
    let timed = try Self.reading(.supplementRequested, "05T09:30:00", isLate: true, answered)
    #expect(timed.happened == half)
  }

  /// Whatever is known, what is chosen happened when it was said, or on its day; a late word goes on from nothing that followed.
  @Test func noWordIsMovedOutOfItsTime() throws {
    var chance = SplitMix64(seed: 23)
    let names = PermitEvent.allCases
    for _ in 0..<3000 {
      let known = (0..<Int.random(in: 0...6, using: &chance)).map { _ in
        let (day, hour) = (Int.random(in: 1...9, using: &chance), Int.random(in: 10...19, using: &chance))
        return (names.randomElement(using: &chance)!.rawValue, "0\(day)T\(hour):00:00")
      }.sorted { $0.1 < $1.1 }
      let isDay = Bool.random(using: &chance)
      let said = "0\(Int.random(in: 1...9, using: &chance))T" + (isDay ? "00:00:00" : "12:30:00")
      let word = names.randomElement(using: &chance)!
      let isLate = Bool.random(using: &chance)
      let reading = try Self.reading(word, said, isLate: isLate, known)
      let moment = try Self.moment(said)
      if isDay { #expect(reading.happened.date == moment.date) } else { #expect(reading.happened == moment) }
      if isLate { #expect(reading.known.allSatisfy { $0.happened <= reading.happened }) }
      // It comes behind what must have been.
      if let place = reading.steps.firstIndex(of: word) { #expect(place == reading.steps.count - 1) }
    }
  }
}
