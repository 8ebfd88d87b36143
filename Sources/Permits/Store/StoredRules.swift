import Calendars
import Documents
import Glibc
import Policies
import Synchronization

/// Rules of clocks by the bytes in which they are stored: thousands of items share a few, and reading them costs more than
/// what is done with them. Bytes, since what makes two texts equal is no matter here and takes long to find out.
final class StoredRules: Sendable {
  static let shared = StoredRules()

  private let clocks = Mutex<[StoredText: ClockRule]>([:])
  private let limits = Mutex<[StoredText: [OwnLimit]]>([:])
  private let totals = Mutex<[StoredText: [PermitTotal]]>([:])

  /// More than the rules of all policies there are.
  private static let most = 1000

  /// `nil` for what this program did not write.
  func clock(_ bytes: [UInt8]) throws -> ClockRule? {
    try clocks.withLock { try Self.find(bytes, &$0) { ClockRule(decoding: $0) } }
  }

  func ownLimits(_ bytes: [UInt8]) throws -> [OwnLimit]? {
    try limits.withLock { try Self.find(bytes, &$0) { Self.list($0) { OwnLimit(decoding: $0) } } }
  }

  func totals(_ bytes: [UInt8]) throws -> [PermitTotal]? {
    try totals.withLock { try Self.find(bytes, &$0) { Self.list($0) { PermitTotal(decoding: $0) } } }
  }

  private static func list<Element: Equatable>(
    _ value: JSONValue, _ read: (JSONValue) -> Element?
  ) -> [Element]? {
    guard value.isArray else { return nil }
    let elements = value.elements.map(read)
    return elements.contains(nil) ? nil : elements.compactMap(\.self)
  }

  private static func find<Value>(
    _ bytes: [UInt8], _ known: inout [StoredText: Value], _ read: (JSONValue) -> Value?
  ) throws -> Value? {
    let text = StoredText(bytes: bytes)
    if let value = known[text] { return value }
    guard let value = read(try JSONDocument(parsing: bytes).root) else { return nil }
    if known.count >= most { known = [:] }
    known[text] = value
    return value
  }
}

/// The bytes of a stored text. Only the beginning is hashed, where those there are differ; that they are the same is found by
/// comparing them whole.
struct StoredText: Hashable {
  let bytes: [UInt8]

  func hash(into hasher: inout Hasher) {
    hasher.combine(bytes.count)
    let beginning = bytes.span.extracting(first: 64)
    unsafe beginning.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }

  static func == (left: StoredText, right: StoredText) -> Bool {
    guard left.bytes.count == right.bytes.count else { return false }
    return unsafe left.bytes.withUnsafeBytes { mine in
      unsafe right.bytes.withUnsafeBytes { other in
        unsafe mine.isEmpty || memcmp(mine.baseAddress!, other.baseAddress!, mine.count) == 0
      }
    }
  }
}
