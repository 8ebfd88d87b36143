public import Calendars
public import CivilTime
import Changes
import SQLDatabase
import Synchronization

/// What the clocks of all open cases show to whom at one moment.
public struct PermitDigest: Sendable {
  /// What one audience is shown in one colour. An item is counted in its strongest colour for that audience, and so is the
  /// utility's own process of a case.
  public struct Line: Hashable, Sendable {
    public let audience: String
    public let colour: Warning.Colour
    public let items: Int
    /// Cases of which the utility's own process is shown so.
    public let processes: Int
    /// The utility's own numbers of the cases, in order.
    public let cases: [String]
  }

  /// What has a deadline in a year without a calendar: it may be late, and no colour shows it.
  public struct Unknown: Hashable, Sendable {
    public let items: Int
    public let processes: Int
    /// The utility's own numbers of the cases, in order.
    public let cases: [String]
  }

  private struct Count {
    var items = 0
    var processes: Set<PermitCaseID> = []
    var cases: Set<String> = []
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

  public let unknown: Unknown

  /// - Parameters:
  ///   - standings: of all items of the open cases.
  ///   - process: the steps of the utility's own process, case by case.
  public init(
    _ standings: some Sequence<PermitStanding>, process: [ProcessStanding], at moment: CivilDateTime
  ) {
    var open: Set<PermitCaseID> = []
    var found: [Key: Count] = [:]
    var unknown = Count()
    for standing in standings {
      open.insert(standing.permitCase)
      guard standing.view.state?.isDecided == false else { continue }
      if standing.view.isUnknown {
        unknown.items += 1
        unknown.cases.insert(standing.number)
      }
      var strongest: [String: Warning.Colour] = [:]
      let readings = standing.view.clocks.map(\.reading) + [standing.view.total?.reading].compactMap(\.self)
      for shown in readings.flatMap(\.shown) {
        let (audience, colour) = (shown.warning.audience, shown.warning.colour)
        strongest[audience] = strongest[audience].map { max($0, colour) } ?? colour
      }
      for (audience, colour) in strongest {
        let key = Key(audience: audience, colour: colour)
        found[key, default: Count()].items += 1
        found[key, default: Count()].cases.insert(standing.number)
      }
    }
    var strongest: [PermitCaseID: [String: Warning.Colour]] = [:]
    for standing in process {
      if standing.clock.reading.isUnknown {
        unknown.processes.insert(standing.permitCase)
        unknown.cases.insert(standing.number)
      }
      for shown in standing.clock.reading.shown {
        let (audience, colour) = (shown.warning.audience, shown.warning.colour)
        let before = strongest[standing.permitCase]?[audience]
        strongest[standing.permitCase, default: [:]][audience] = before.map { max($0, colour) } ?? colour
      }
    }
    let numbers = Dictionary(process.map { ($0.permitCase, $0.number) }) { first, _ in first }
    for (permitCase, colours) in strongest {
      for (audience, colour) in colours {
        let key = Key(audience: audience, colour: colour)
        found[key, default: Count()].processes.insert(permitCase)
        if let number = numbers[permitCase] { found[key, default: Count()].cases.insert(number) }
      }
    }
    self.moment = moment
    self.open = open.count
    lines = found.map { key, line in
      Line(
        audience: key.audience, colour: key.colour, items: line.items, processes: line.processes.count,
        cases: line.cases.sorted())
    }.sorted { left, right in
      left.audience == right.audience ? left.colour > right.colour : left.audience < right.audience
    }
    self.unknown = Unknown(
      items: unknown.items, processes: unknown.processes.count, cases: unknown.cases.sorted())
  }

  /// Nothing is shown, and nothing is unknown.
  var isQuiet: Bool { lines.isEmpty && unknown.cases.isEmpty }
}

extension Permits {
  /// When the day's digest is told unless a site says otherwise, in seconds of a day in China.
  public static let digestSecond = 8 * 3600

  /// What is shown at `now`, or was at a time by what was known then.
  public func digest(at now: CivilDateTime, knownAt time: Timestamp? = nil) async throws -> PermitDigest {
    let found = Mutex<[PermitStanding]>([])
    let process = try await standings(at: now, knownAt: time) { standing in
      found.withLock { $0.append(standing) }
    }
    return PermitDigest(found.withLock { $0 }, process: process, at: now)
  }

  /// Tells the digest of the day in the feed, once a day whoever asks how often. A day without an open case
  /// has none, unless a step of the utility's own is shown of a closed one.
  ///
  /// - Returns: whether it was told.
  public func tellDigest(at now: Timestamp) async throws -> Bool {
    guard let changes else { return false }
    let digest = try await digest(at: now.civil(offsetSeconds: UTCOffset.china))
    guard digest.open > 0 || !digest.isQuiet else { return false }
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
    let open = ChangeDetail.number(digest.open)
    guard !digest.isQuiet else {
      return [NewChange(.permitDigest, subject, ["open": open, "items": .number(0)])]
    }
    var changes = digest.lines.map { line in
      NewChange(
        .permitDigest, subject,
        [
          "open": open, "for": .word(line.audience), "colour": .word(line.colour.rawValue),
          "items": .number(line.items), "processes": .number(line.processes), "cases": named(line.cases),
          "more": more(line.cases),
        ])
    }
    let unknown = digest.unknown
    if !unknown.cases.isEmpty {
      changes.append(
        NewChange(
          .permitDigest, subject,
          [
            "open": open, "deadline": .word(PermitStanding.unknown), "items": .number(unknown.items),
            "processes": .number(unknown.processes), "cases": named(unknown.cases),
            "more": more(unknown.cases),
          ]))
    }
    return changes
  }

  private static func named(_ cases: [String]) -> ChangeDetail {
    .word(cases.prefix(mostNumbers).joined(separator: " "))
  }

  private static func more(_ cases: [String]) -> ChangeDetail? {
    cases.count > mostNumbers ? .number(cases.count - mostNumbers) : nil
  }
}
