public import Adapters
public import Applications
public import Pushing

/// Where the permits of a region are handed in: the window's operations with their templates.
public struct PermitRoutes: Sendable {
  public let platform: String
  public let items: [PermitItem: PushRoute]
  public let supplement: PushRoute?
  public let withdraw: PushRoute?
  public let client: PlatformClient
  /// The probe that tells how far an item is.
  public let progress: Operation?

  public init(
    platform: String, items: [PermitItem: PushRoute], supplement: PushRoute?, withdraw: PushRoute?,
    client: PlatformClient, progress: Operation?
  ) {
    self.platform = platform
    self.items = items
    self.supplement = supplement
    self.withdraw = withdraw
    self.client = client
    self.progress = progress
  }
}
