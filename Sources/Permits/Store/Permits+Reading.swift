public import Calendars
public import CivilTime
import SQLDatabase

/// An attempt with its events and what its clock shows.
public struct PermitItemView: Sendable {
  public let attempt: PermitItemAttempt
  /// As it stands, or stood by what was known; `nil` where nothing is handed in.
  public let state: PermitState?
  public let events: [ClockEvent]
  /// Of the platform's clock; `nil` where nothing limits it alone.
  public let reading: ClockReading?
  /// The clock of all permits of the case that the attempt is counted with, or its own of the same limit where it is another
  /// attempt.
  public let total: TotalClock?
  /// Of the utility's own step; `nil` while none has begun.
  public let own: OwnClock?

  /// What the alerts of the attempt are made from; those of ``total`` are the case's.
  var clocks: [ShownClock] {
    var clocks = reading.map { [ShownClock(PermitAlert.platform, $0)] } ?? []
    if let own { clocks.append(ShownClock(own.limit.step, own.reading)) }
    return clocks
  }

  /// What somebody has to look at: what is kept of it, and what its clocks do not know.
  public var doubts: Set<PermitDoubt> {
    let readings = clocks.map(\.reading) + [total?.reading].compactMap(\.self)
    return readings.contains(where: \.lacksCalendar)
      ? attempt.doubts.union([.calendarMissing]) : attempt.doubts
  }

  /// One of its deadlines lies in a year without a calendar.
  public var isUnknown: Bool {
    clocks.contains(where: \.reading.isUnknown) || total?.reading.isUnknown == true
  }

  /// The strongest colour of the platform's clock.
  public var colour: Warning.Colour? { state?.isDecided == false ? reading?.colour : nil }

  /// The strongest colour of the clock that it is counted with.
  public var totalColour: Warning.Colour? { state?.isDecided == false ? total?.reading.colour : nil }

  /// The strongest colour of the utility's own.
  public var ownColour: Warning.Colour? { state?.isDecided == false ? own?.reading.colour : nil }
}

/// A case with all attempts at its items.
public struct PermitCaseView: Sendable {
  public let permitCase: PermitCase
  public let items: [PermitItemView]
  /// The utility's own time for the steps of its process, and the events that are known of it.
  public let process: [ProcessClock]
  public let steps: [ClockEvent]

  /// What the alerts of the case are made from that are not of single items.
  var clocks: [ShownClock] {
    totals.map { ShownClock($0.name, $0.reading) }
      + process.map { ShownClock($0.limit.step, $0.reading) }
  }
}

extension Permits {
  /// The case as it stands at `now`, or as was known at a time.
  public func view(
    _ id: PermitCaseID, at now: CivilDateTime, knownAt time: Timestamp? = nil
  ) async throws -> PermitCaseView {
    try await database.read { reader in
      let permitCase = try self.load(id, knownAt: time, reader)
      return try self.view(permitCase, at: now, knownAt: time, reader)
    }
  }

  func view(
    _ permitCase: PermitCase, at now: CivilDateTime, knownAt time: Timestamp? = nil, _ reader: Reader
  ) throws -> PermitCaseView {
    let process = try process(of: permitCase, at: now, knownAt: time, reader)
    return PermitCaseView(
      permitCase: permitCase, items: try items(of: permitCase, at: now, knownAt: time, reader),
      process: process.clocks, steps: process.events)
  }

  /// The attempts of a case in the order in which they were made.
  private func items(
    of permitCase: PermitCase, at now: CivilDateTime, knownAt time: Timestamp? = nil, _ reader: Reader
  ) throws -> [PermitItemView] {
    let attempts = try reader.query(
      "SELECT \(Self.itemColumns) FROM permit_item WHERE permit_case = ?1 AND created <= ?2 ORDER BY id",
      .int(permitCase.id.rawValue), .int(time?.milliseconds ?? .max)
    ) { try PermitItemAttempt($0) }
    let events = try attempts.map { try self.events(of: $0.id, reader) }
    return CaseClocks(calendar: calendar, now: now, time: time).views(attempts, events, permitCase.totals)
  }

  /// Cases, the latest first.
  ///
  /// - Parameter number: only the one with this number.
  public func list(
    isOpen: Bool? = nil, number: String? = nil, before: PermitCaseID? = nil, limit: Int
  ) async throws -> [PermitCase] {
    let state =
      switch isOpen {
      case true?: " AND closed IS NULL"
      case false?: " AND closed IS NOT NULL"
      case nil: ""
      }
    return try await database.read { reader in
      try reader.query(
        "SELECT \(Self.caseColumns) FROM permit_case WHERE id < ?1 AND number = coalesce(?3, number)\(state) ORDER BY id DESC LIMIT ?2",
        .int(before?.rawValue ?? .max), .int(Int64(limit)), .textOrNull(number)
      ) { try PermitCase($0) }
    }
  }
}
