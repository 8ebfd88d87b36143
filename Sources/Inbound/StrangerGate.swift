import CivilTime
import Synchronization

/// Holds back addresses whose calls have shown nobody again and again, so that guessing is slow and costs little.
final class StrangerGate: Sendable {
  /// Refused calls that one address may make in a minute.
  private static let most = 30
  private static let span: Int64 = 60_000
  /// Addresses remembered; beyond, those whose minute is over are forgotten.
  private static let addresses = 10_000

  private struct Entry {
    var start: Timestamp
    var count: Int
  }

  private let entries = Mutex<[String: Entry]>([:])

  func admits(_ address: String, at now: Timestamp) -> Bool {
    entries.withLock { entries in
      guard let entry = entries[address], Self.isRunning(entry, now) else { return true }
      return entry.count < Self.most
    }
  }

  func note(_ address: String, at now: Timestamp) {
    entries.withLock { entries in
      if entries.count >= Self.addresses { entries = entries.filter { Self.isRunning($0.value, now) } }
      // So many at once: whoever is not remembered is let try, as before.
      guard entries.count < Self.addresses || entries[address] != nil else { return }
      if var entry = entries[address], Self.isRunning(entry, now) {
        entry.count += 1
        entries[address] = entry
      } else {
        entries[address] = Entry(start: now, count: 1)
      }
    }
  }

  private static func isRunning(_ entry: Entry, _ now: Timestamp) -> Bool {
    abs(now.milliseconds(since: entry.start)) < span
  }
}
