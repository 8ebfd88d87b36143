/// How a database file is used. The defaults suit a gateway on one machine.
public struct DatabaseConfiguration: Sendable {
  /// How many reads can run at the same time; each has a thread and a connection of its own.
  public var readers = 3
  /// How long to wait for a lock that another process holds before failing with `busy`.
  public var busyTimeoutMilliseconds = 5_000
  /// At how many pages of the write-ahead log (125 MiB) a checkpoint is started, beside the writing.
  public var checkpointPages = 16_000
  /// At most this many queued bodies share one commit.
  public var groupLimit = 256
  /// A group is committed after this time even if more bodies are queued, so that the first does not wait
  /// for all the others.
  public var groupMilliseconds = 250
  public var writerCacheKiB = 64 * 1024
  public var readerCacheKiB = 16 * 1024
  /// How much of the file is mapped instead of read. Off by default: a disk error in a mapped file ends the
  /// process instead of being reported.
  public var memoryMapBytes = 0
  /// In bytes; takes effect when the file is created. Rows of certificates and sealed messages are large enough
  /// for twice SQLite's default to write a third faster.
  public var pageSize = 8192
  /// Whether space that is free can be given back to the disk while the database is in use; takes effect when the file is created.
  public var canShrink = true
  /// Refuses to let the file grow beyond this many pages; without it only the disk limits it.
  public var maximumPageCount: Int?

  public init() {}
}
