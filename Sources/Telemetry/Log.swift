public import CivilTime

/// Says what happens, for the operator. Messages are constants; what differs from line to line is metadata.
///
/// Never give it anything of a message, a record or a question: a log is read by many and kept long.
public struct Log: Sendable {
  public enum Level: String, CaseIterable, Comparable, Sendable {
    case debug, info, warning, error

    public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warning: 2
      case .error: 3
      }
    }
  }

  public enum Value: Hashable, Sendable {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
  }

  public struct Entry: Sendable {
    public let time: Timestamp
    public let level: Level
    public let message: String
    public let metadata: [(name: String, value: Value)]
  }

  /// Lines below it are not made.
  public var least: Level
  private let write: @Sendable (Entry) -> Void

  public init(least: Level = .info, write: @escaping @Sendable (Entry) -> Void) {
    self.least = least
    self.write = write
  }

  /// Says nothing.
  public static let silent = Log(least: .error) { _ in }

  public func callAsFunction(
    _ level: Level, _ message: StaticString, _ metadata: KeyValuePairs<String, Value> = [:]
  ) {
    guard level >= least else { return }
    write(
      Entry(
        time: .now(), level: level, message: message.description,
        metadata: metadata.map { (name: $0.key, value: $0.value) }))
  }
}

extension Log.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
}

extension Log.Entry {
  /// One line of JSON without its end.
  public var jsonLine: [UInt8] { JSONLogLine.encode(self) }
}
