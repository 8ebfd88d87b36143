public import Exchanges

/// How a replay runs: carefully first, not faster than this, and not on and on against a wall.
public struct ReplayTerms: Hashable, Sendable {
  /// Items of the trial at the beginning; 0: none.
  public var canary = 10
  /// Items a second, at most.
  public var rate = 20.0
  /// The share of failures, in a hundred, above which it stops by itself.
  public var mostErrors = 10.0
  /// Failures are judged over the latest so many items.
  public var span = 50
  /// And not before there are so many.
  public var least = 10

  public init() {}

  /// - Throws: `ReplayError` for terms that mean nothing.
  public func check() throws(ReplayError) {
    guard canary >= 0, rate > 0, rate <= 10_000, (0...100).contains(mostErrors) else {
      throw ReplayError(
        .unfit,
        "a replay needs a trial of 0 or more items, a rate above 0 and at most 10,000 a second, and a share of errors from 0 to 100",
        remedy: "leave out what need not be said; there are defaults")
    }
  }
}

/// Judges by the latest results whether a replay goes on. Pure.
struct ErrorGauge: Hashable, Sendable {
  private let terms: ReplayTerms
  /// The latest results, oldest first; true: failed.
  private var latest: [Bool] = []

  init(_ terms: ReplayTerms, latest: [Bool] = []) {
    self.terms = terms
    self.latest = latest.suffix(terms.span)
  }

  mutating func add(failed: Bool) {
    if latest.count == terms.span { latest.removeFirst() }
    latest.append(failed)
  }

  var share: Double {
    latest.isEmpty ? 0 : Double(latest.count { $0 }) * 100 / Double(latest.count)
  }

  /// - Parameter isCanaryOver: the trial is judged whole, however small it is.
  func stops(isCanaryOver: Bool = false) -> Bool {
    guard isCanaryOver ? !latest.isEmpty : latest.count >= terms.least else { return false }
    return share > terms.mostErrors
  }
}
