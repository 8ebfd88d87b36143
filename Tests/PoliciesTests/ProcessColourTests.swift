import Calendars
import Policies
import Testing

/// The limits of the utility's own process in the policies of the repository.
@Suite struct ProcessColourTests {
  /// Before its limit each is the unit's, behind it the manager's and then the province's.
  @Test func eachLimitHasItsColours() throws {
    var (limits, others) = (0, 0)
    for policy in try ShippedPolicies.library().policies {
      for rule in policy.process where rule.outcome.step != "average" {
        guard let clock = rule.outcome.rule else { continue }
        limits += 1
        let colours = clock.warnings.map(\.colour)
        #expect(Set(colours).isSuperset(of: [.orange, .yellow, .red]), "\(policy.name) \(rule.id)")
        for warning in clock.warnings {
          let audience =
            switch warning.colour {
            case .blue, .orange: "unit"
            case .yellow: "manager"
            case .red: "province"
            }
          #expect(warning.audience == audience, "\(policy.name) \(rule.id)")
        }
        // A limit of days that is longer than two shows blue two days before.
        if case .days(let days, _) = clock.limit, days > 2, !rule.outcome.step.hasPrefix("permit-") {
          #expect(colours.contains(.blue), "\(policy.name) \(rule.id)")
        }
        if rule.outcome.step == "own-steps" {
          others += 1
          #expect(clock.stops.map(\.reason) == [.others], "\(policy.name) \(rule.id)")
          #expect(
            clock.stops.map(\.begins) == ["others-started"] && clock.stops.map(\.ends) == ["others-ended"])
        }
      }
    }
    #expect(limits > 20 && others >= 7)
  }
}
