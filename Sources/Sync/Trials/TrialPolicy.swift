/// When a changed mapping may go live: how much of what was really received it was tried on, and how much may come out otherwise. Pure.
public struct TrialPolicy: Hashable, Sendable {
  /// What keeps a trial from passing.
  public enum Shortfall: Hashable, Sendable {
    /// Fewer exchanges were compared than are asked for, and there are more.
    case tooFew(Int)
    /// Answers that are there and could not be understood by both mappings.
    case unread(Int)
    /// More rows differ: so many in a hundred.
    case overBudget(Double)
  }

  /// So many rows in a hundred may differ.
  public var budget = 0.0
  /// So many exchanges are compared, or all there are.
  public var exchanges = 100

  public init() {}

  /// Everything that a trial lacks; empty when it has passed.
  public func shortfalls(of counts: TrialCounts) -> [Shortfall] {
    var shortfalls: [Shortfall] = []
    let compared = counts.exchanges - counts.unread - counts.erased
    if compared < exchanges, !counts.isOfAll { shortfalls.append(.tooFew(compared)) }
    if counts.unread > 0 { shortfalls.append(.unread(counts.unread)) }
    if Double(counts.differing) * 100 > budget * Double(counts.rows) {
      shortfalls.append(.overBudget(counts.percentage))
    }
    return shortfalls
  }

  /// Whether a mapping of this content may be run after another.
  ///
  /// - Parameters:
  ///   - last: the content that the operation was last run by; nil where it never was.
  ///   - trials: those of the two, or more.
  public func admits(_ content: [UInt8], after last: [UInt8]?, trials: [MappingTrial]) -> Bool {
    guard let last, last != content else { return true }
    return trials.contains { trial in
      trial.old == last && trial.new == content
        && (trial.isAccepted || shortfalls(of: trial.counts).isEmpty)
    }
  }
}

extension TrialPolicy.Shortfall: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooFew(let number): "only \(number) exchanges were compared, and there are more"
    case .unread(let number): "\(number) answers could not be understood"
    case .overBudget(let percentage): "\(Self.text(percentage)) % of the rows differ"
    }
  }

  /// With two digits, the rest cut upwards: what is above a budget never looks as if it were not.
  private static func text(_ percentage: Double) -> String {
    let hundredths = Int((percentage * 100).rounded(.up))
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
