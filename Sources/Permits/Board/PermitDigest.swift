public import Calendars
public import CivilTime
import Changes
import SQLDatabase
import Synchronization

/// What the clocks of all open cases show to whom at one moment.
public struct PermitDigest: Sendable {
  /// What one audience is shown in one colour. An item is counted in its strongest colour for that audience.
  public struct Line: Hashable, Sendable {
    public let audience: String
    public let colour: Warning.Colour
    public let items: Int
    /// The utility's own numbers of the cases, in order.
    public let cases: [String]
  }

  private struct Key: Hashable {
    let audience: String
    let colour: Warning.Colour
  }

  public let moment: CivilDateTime
  /// Cases that are open.
  public let open: Int
  /// By audience, the strongest colour first.
  public let lines: [Line]

  /// - Parameter standings: of all items of the open cases.
  public init(_ standings: some Sequence<PermitStanding>, at moment: CivilDateTime) {
    var open: Set<PermitCaseID> = []
    var found: [Key: (items: Int, cases: Set<String>)] = [:]
    for standing in standings {
      open.insert(standing.permitCase)
      guard standing.view.state?.isDecided == false else { continue }
      var strongest: [String: Warning.Colour] = [:]
      let readings = standing.view.clocks.map(\.reading) + [standing.view.total?.reading].compactMap(\.self)
      for shown in readings.flatMap(\.shown) {
        let (audience, colour) = (shown.warning.audience, shown.warning.colour)
        strongest[audience] = strongest[audience].map { max($0, colour) } ?? colour
      }
      for (audience, colour) in strongest {
        var line = found[Key(audience: audience, colour: colour)] ?? (0, [])
        line.items += 1
        line.cases.insert(standing.number)
        found[Key(audience: audience, colour: colour)] = line
      }
    }
    self.moment = moment
    self.open = open.count
    lines = found.map { key, line in
      Line(audience: key.audience, colour: key.colour, items: line.items, cases: line.cases.sorted())
    }.sorted { left, right in
      left.audience == right.audience ? left.colour > right.colour : left.audience < right.audience
    }
  }
}

extension Permits {
  /// When the day's digest is told unless a site says otherwise, in seconds of a day in China.
  public static let digestSecond = 8 * 3600

  /// What is shown at `now`, or was at a time by what was known then.
  public func digest(at now: CivilDateTime, knownAt time: Timestamp? = nil) async throws -> PermitDigest {
    let found = Mutex<[PermitStanding]>([])
    try await standings(at: now, knownAt: time) { standing in found.withLock { $0.append(standing) } }
    return PermitDigest(found.withLock { $0 }, at: now)
  }

  /// Tells the digest of the day in the feed, once a day whoever asks how often. A day without an open case has none.
  ///
  /// - Returns: whether it was told.
  public func tellDigest(at now: Timestamp) async throws -> Bool {
    guard let changes else { return false }
    let digest = try await digest(at: now.civil(offsetSeconds: UTCOffset.china))
    guard digest.open > 0 else { return false }
    return try await database.write { transaction in
      let isFirst = try transaction.execute(
        "INSERT INTO permit_digest (day, told) VALUES (?1, ?2) ON CONFLICT (day) DO NOTHING",
        .text(digest.moment.date.description), .int(now.milliseconds))
      guard isFirst == 1 else { return false }
      try changes.append(Self.changes(of: digest), in: transaction, at: now)
      return true
    }
  }

  /// More numbers than that are counted, not named: a change is a short message.
  private static let mostNumbers = 50

  private static func changes(of digest: PermitDigest) -> [NewChange] {
    let subject = "permit-digest-\(digest.moment.date)"
    guard !digest.lines.isEmpty else {
      return [NewChange(.permitDigest, subject, ["open": .number(digest.open), "items": .number(0)])]
    }
    return digest.lines.map { line in
      let more = line.cases.count - mostNumbers
      return NewChange(
        .permitDigest, subject,
        [
          "open": .number(digest.open), "for": .word(line.audience), "colour": .word(line.colour.rawValue),
          "items": .number(line.items),
          "cases": .word(line.cases.prefix(mostNumbers).joined(separator: " ")),
          "more": more > 0 ? .number(more) : nil,
        ])
    }
  }
}
