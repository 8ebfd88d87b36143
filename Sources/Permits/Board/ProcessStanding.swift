import Calendars
import CivilTime
import SQLDatabase

/// A step of the utility's own process that has begun and not ended, and how its time stands.
public struct ProcessStanding: Sendable {
  public let permitCase: PermitCaseID
  /// The utility's own number of the case.
  public let number: String
  /// Area code.
  public let region: String
  public let clock: ProcessClock

  /// The last day, or the last moment where the limit is less than days.
  public var deadline: String? { PermitStanding.deadline(clock.reading, clock.limit.rule) }

  /// So many days after a case was closed its own clocks may still run: longer than any limit.
  private static let daysBehind: Int64 = 100

  /// Those of the open cases and of those closed not long ago, or while a colour of one is shown: the utility may have to do
  /// something still when all permits are decided.
  static func all(
    at now: CivilDateTime, knownAt time: Timestamp?, _ calendar: WorkCalendar, _ reader: Reader
  ) throws -> [ProcessStanding] {
    var found: [ProcessStanding] = []
    var group: (id: Int64, number: String, region: String, limits: [OwnLimit]) = (0, "", "", [])
    var steps: [ClockEvent] = []
    func tell() {
      let known = steps.known(at: time)
      for limit in group.limits {
        let clock = ProcessClock(limit, known: known, calendar, at: now)
        switch clock.reading.state {
        case .waiting, .ended: continue
        case .running, .paused:
          found.append(
            ProcessStanding(
              permitCase: PermitCaseID(rawValue: group.id), number: group.number, region: group.region,
              clock: clock))
        }
      }
      steps = []
    }
    try reader.forEach(
      """
      SELECT step.id, step.name, step.happened, step.learned, step.retracts,
        parent.id, parent.number, parent.region, parent.process
      FROM permit_step AS step JOIN permit_case AS parent ON parent.id = step.permit_case
      WHERE parent.process IS NOT NULL AND (?1 IS NULL OR parent.created <= ?1) AND (
        coalesce(\(Permits.closed(at: "?1")), ?2 + 1) > ?2
        OR EXISTS (SELECT 1 FROM permit_case_warning AS warning
          WHERE warning.permit_case = parent.id
            AND ((?1 IS NULL AND warning.stands = 1)
              OR (warning.raised <= ?1 AND (warning.withdrawn IS NULL OR warning.withdrawn > ?1)))))
      ORDER BY parent.id, step.id
      """, .intOrNull(time?.milliseconds),
      .int(now.timestamp(offsetSeconds: UTCOffset.china).milliseconds - Self.daysBehind * 86_400_000)
    ) { row in
      if row.int(5) != group.id {
        tell()
        guard let limits = try StoredRules.shared.ownLimits(row.blob(8)) else {
          throw PermitError.unreadable("permit case \(row.int(5))")
        }
        group = (row.int(5), row.text(6), row.text(7), limits)
      }
      steps.append(try ClockEvent(row))
      return true
    }
    tell()
    return found
  }
}
