public import CivilTime

/// What the comparison of a changed mapping with the one in use came to.
public struct TrialCounts: Hashable, Sendable {
  /// Answers that were looked at.
  public var exchanges = 0
  /// Of these, what was erased by rule or on request: nobody can compare it.
  public var erased = 0
  /// Of these, what at least one of the mappings does not understand.
  public var unread = 0
  /// Rows that either mapping makes a record of.
  public var rows = 0
  public var differing = 0
  /// Everything that the journal has was looked at.
  public var isOfAll = false

  public init() {}

  public init(_ statistics: MappingComparison.Statistics, isOfAll: Bool) {
    exchanges = statistics.exchanges
    erased = statistics.erased
    unread = statistics.unread - statistics.erased
    rows = statistics.rows
    differing = statistics.differing
    self.isOfAll = isOfAll
  }

  /// Differing rows in a hundred; 0 where there are none.
  public var percentage: Double { Double(differing) * 100 / Double(max(rows, 1)) }
}

/// A changed mapping that was tried on what was really received, kept so that it may go live.
public struct MappingTrial: Hashable, Sendable {
  public let id: Int64
  /// The name of the new one.
  public let mapping: String
  /// SM3 of the contents of the mapping in use and of the new one.
  public let old: [UInt8]
  public let new: [UInt8]
  public let counts: TrialCounts
  /// Somebody lets it go live whatever came out.
  public let isAccepted: Bool
  public let signature: TrialSignature
  public let moment: Timestamp
}

/// Who tried a mapping, and why it is changed.
public struct TrialSignature: Hashable, Sendable {
  public let name: String
  public let reason: String

  /// - Throws: `TrialError` unless both are said, on one line each.
  public init(name: String, reason: String) throws(TrialError) {
    func isUsable(_ text: String) -> Bool {
      1...500 ~= text.utf8.count && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
    guard isUsable(name), isUsable(reason) else {
      throw TrialError(
        .unsigned, "a trial is kept with a name and a reason, each a line of at most 500 bytes",
        remedy: "say who tries it and why it is changed")
    }
    self.name = name
    self.reason = reason
  }

  /// Two lines.
  var bytes: [UInt8] { Array("\(name)\n\(reason)".utf8) }

  init(bytes: [UInt8]) throws(TrialError) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
    guard lines.count == 2 else {
      throw TrialError(
        .unreadable, "the signature of a trial is not whole", remedy: "compare the database with a backup")
    }
    try self.init(name: String(lines[0]), reason: String(lines[1]))
  }
}

/// What keeps a changed mapping from going live, or a trial from being kept.
public struct TrialError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case untried = "mapping-untried"
    case unsigned = "trial-unsigned"
    case unreadable = "trial-unreadable"
  }

  public let code: Code
  public let message: String
  /// What to do next.
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }
}
