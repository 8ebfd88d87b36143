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
  public let limits: [Rule<PermitLimit>]
  public let materials: [Rule<PermitMaterials>]
  public let order: [Rule<PermitOrder>]
  public let process: [Rule<ProcessLimit>]
  /// Which papers an application for electricity needs.
  public let supply: SupplyRules

  /// How a clock is kept: its events, its stops, its hours and its colours.
  public struct ClockSettings: Hashable, Sendable {
    public let starts: Set<String>
    public let ends: Set<String>
    public let stops: [ClockRule.Stop]
    public let hours: OfficeHours?
    public let pausedDays: PausedDays
    public let warnings: [Warning]

    /// The rule of a clock with this limit.
    public func rule(_ limit: TimeLimit) -> ClockRule {
      ClockRule(
        limit: limit, starts: starts, ends: ends, stops: stops, hours: hours, pausedDays: pausedDays,
        warnings: warnings)
    }
  }
}
