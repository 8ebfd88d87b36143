public import Calendars

/// What one region's documents say. Read from `policy.yaml`; what it leaves open the policy above it says.
public struct Policy: Hashable, Sendable {
  /// The region's folder: `henan/xinxian`.
  public let name: String
  public let title: String
  /// 行政区划代码; `000000` for the nation.
  public let region: String
  /// The name of the policy above it; none for the nation.
  public let parent: String?
  public let documents: [String: PolicyDocument]
  /// How platforms' clocks run here; inherited as a whole.
  public let clock: ClockSettings?
  public let needs: [Rule<PermitNeed>]
  public let ways: [Rule<PermitWay>]
  /// Of each permit by itself.
  public let limits: [Rule<PermitLimit>]
  /// Of all permits of a case together.
  public let totals: [Rule<PermitLimit>]
  public let materials: [Rule<PermitMaterials>]
  public let order: [Rule<PermitOrder>]
  public let process: [Rule<ProcessLimit>]
  /// Which papers an application for electricity needs.
  public let supply: SupplyRules

  /// How a clock is kept: its events, its stops, its hours and its colours.
  public struct ClockSettings: Hashable, Sendable {
    public let starts: Set<String>
    public let startsAtLatest: Set<String>
    public let silence: ClockRule.Silence?
    public let ends: Set<String>
    public let stops: [ClockRule.Stop]
    public let hours: OfficeHours?
    public let pausedDays: PausedDays
    public let warnings: [Warning]

    /// The rule of a clock with this limit.
    public func rule(_ limit: TimeLimit) -> ClockRule {
      rule(limit, starts: nil, warnings: nil)
    }

    /// What the limit says of its own clock comes before what is usual; nil where it has no time.
    func rule(_ limit: PermitLimit) -> ClockRule? {
      limit.limit.map { rule($0, starts: limit.starts, warnings: limit.warnings) }
    }

    private func rule(_ limit: TimeLimit, starts: Set<String>?, warnings: [Warning]?) -> ClockRule {
      // What goes without saying starts the usual clock, and none that begins with something else.
      ClockRule(
        limit: limit, starts: starts ?? self.starts, startsAtLatest: starts == nil ? startsAtLatest : [],
        silence: starts == nil ? silence : nil, ends: ends, stops: stops, hours: hours,
        pausedDays: pausedDays,
        warnings: warnings ?? self.warnings)
    }
  }
}
