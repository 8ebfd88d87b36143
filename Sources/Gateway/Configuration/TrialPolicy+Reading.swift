import Documents
import Sync

extension TrialPolicy {
  static func read(_ reader: ConfigurationReader) -> TrialPolicy {
    var policy = TrialPolicy()
    policy.budget = reader.value(ifPresent: "budget").flatMap(percentage) ?? policy.budget
    policy.exchanges = reader.integer("exchanges", in: 0...10_000_000, default: policy.exchanges)
    return policy
  }

  private static func percentage(_ value: ConfigurationValue) -> Double? {
    guard let text = value.decimal() else { return nil }
    guard let number = Double(text), (0...100).contains(number) else {
      value.error("must be a percentage from 0 to 100")
      return nil
    }
    return number
  }
}
