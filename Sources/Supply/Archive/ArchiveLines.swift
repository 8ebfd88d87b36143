import Synchronization

/// Takes the lines of a journal's package.
final class ArchiveLines: Sendable {
  private let taken = Mutex<[UInt8]>([])

  func add(_ line: [UInt8]) { taken.withLock { $0 += line + [0x0A] } }

  var bytes: [UInt8] { taken.withLock { $0 } }
}
