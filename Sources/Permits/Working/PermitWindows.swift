import Exchanges
import Pushing

/// The windows of a site.
public struct PermitWindows: Sendable {
  public let all: [PermitRoutes]

  public init(_ all: [PermitRoutes]) {
    self.all = all
  }

  /// Where the permits of a region are handed in: at the window of its own, else at that of the nearest region around it; nil where the site has none.
  public func window(forRegion region: String) -> PermitRoutes? {
    guard region.utf8.count == 6 else { return nil }
    for kept in [6, 4, 2] {
      let around = region.prefix(kept) + String(repeating: "0", count: 6 - kept)
      if let found = all.first(where: { $0.regions.contains(String(around)) }) { return found }
    }
    return nil
  }

  /// Where something is that was handed in, whoever takes what is handed in for its region now; nil where the platform is no window of the site any more.
  public func window(at platform: String) -> PermitRoutes? { all.first { $0.platform == platform } }
}

extension PermitError {
  /// Nobody else is asked: another platform may have given the same number to something of somebody else.
  static func noWindow(has push: Push) -> PermitError {
    PermitError(
      .noRule, "push \(push.id) was handed in at '\(push.platform)', which is no window of the site any more",
      remedy: "configure that platform again; or find out there how far it is, and enter what happened")
  }
}
