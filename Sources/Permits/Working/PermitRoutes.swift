public import Adapters
public import Applications
import Policies
public import Pushing

/// A window: for which regions permits are handed in there, and its operations with their templates.
public struct PermitRoutes: Sendable {
  public let platform: String
  /// Area codes; those below them belong to them too.
  public let regions: [String]
  public let items: [PermitItem: PushRoute]
  /// Those of promises and filings, where they are others.
  public let promises: [PermitItem: PushRoute]
  public let filings: [PermitItem: PushRoute]
  public let supplement: PushRoute?
  public let withdraw: PushRoute?
  public let client: PlatformClient
  /// The probe that tells how far an item is.
  public let progress: Operation?
  /// Items about which it tells nothing.
  public let untold: Set<PermitItem>
  /// How long it is asked about what it has decided.
  public let follow: PermitFollow

  public init(
    platform: String, regions: [String], items: [PermitItem: PushRoute],
    promises: [PermitItem: PushRoute] = [:],
    filings: [PermitItem: PushRoute] = [:], supplement: PushRoute?, withdraw: PushRoute?,
    client: PlatformClient, progress: Operation?, untold: Set<PermitItem> = [],
    follow: PermitFollow = PermitFollow()
  ) {
    self.platform = platform
    self.regions = regions
    self.items = items
    self.promises = promises
    self.filings = filings
    self.supplement = supplement
    self.withdraw = withdraw
    self.client = client
    self.progress = progress
    self.untold = untold
    self.follow = follow
  }

  /// Where an item is handed in that goes this way; nil where the window has none for it.
  func route(_ item: PermitItem, _ way: PermitWay) -> PushRoute? {
    switch way {
    case .promise: promises[item] ?? items[item]
    case .filing: filings[item] ?? items[item]
    case .approval, .exempt: items[item]
    }
  }
}
