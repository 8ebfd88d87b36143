/// Whether entries were left unsigned for longer than a gateway that runs leaves them.
///
/// A gateway signs after a minute, or 1,000 entries, and one that is killed signs the rest within seconds of its next start. So what lies before a kill, and
/// one burst after it, is no alarm, however long the pause between them and however many entries they are. Entries that go on for minutes after the
/// oldest unsigned one should have been signed were added without a notary, or have lost their checkpoints.
struct SigningDelay: Sendable {
  /// Milliseconds: a minute, the notary's pause, and a slow disk.
  static let most: Int64 = 5 * 60_000

  private var first: Int64?
  /// The first one that was added when the first should have been signed already.
  private var firstLate: Int64?
  private(set) var isOverdue = false

  /// Takes the moment of the next entry that is not signed.
  mutating func take(_ moment: Int64) {
    guard let first else {
      first = moment
      return
    }
    guard let firstLate else {
      if moment - first > Self.most { firstLate = moment }
      return
    }
    if moment - firstLate > Self.most { isOverdue = true }
  }

  /// A checkpoint covers all that was taken.
  mutating func sign() { self = SigningDelay() }
}
