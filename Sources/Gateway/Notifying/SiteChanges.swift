import Access
public import Changes
public import Notifications
public import Registry
public import SQLDatabase
public import Work

/// What a site tells of what happens: the feed, the queue that works for it, and who is told. Every process that changes something has one.
public struct SiteChanges: Sendable {
  public let feed: ChangeFeed
  public let queue: WorkQueue
  public let subscriptions: Subscriptions

  public init(_ configuration: SiteConfiguration, database: Database, keys: RegistryKeys) {
    feed = ChangeFeed(database: database, off: configuration.changes.off)
    queue = WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner(), changes: feed)
    let visible = Dictionary(
      uniqueKeysWithValues: configuration.consumers.map { consumer in
        (consumer.name, Set(ChangeKind.allCases.filter(consumer.scopes.allows)))
      })
    subscriptions = Subscriptions(
      feed: feed, queue: queue, sealer: keys.sealer,
      destinations: configuration.changes.destinations(configuration.egress.policy)
    ) { consumer in visible[consumer] }
    subscriptions.follow()
  }
}
