import Applications
public import CivilTime
import Exchanges

/// The named values of one call, and what makes a call unrepeatable: the time and the randomness, both passed in.
public struct ValueScope: Sendable {
  private(set) var values: [String: Value]
  /// The address of the next page, where the platform gives one.
  var link: String?
  /// What goes with the message of a push.
  var attachments: [Attachment] = []
  private(set) var now: Timestamp
  let random: @Sendable (Int) throws -> [UInt8]

  public init(
    _ values: [String: Value] = [:], now: Timestamp, random: @escaping @Sendable (Int) throws -> [UInt8]
  ) {
    self.values = values
    self.now = now
    self.random = random
  }

  public mutating func set(_ name: String, _ value: Value) {
    values[name] = value
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  public func value(_ name: String) throws(AdapterError) -> Value {
    if let value = values[name] { return value }
    throw AdapterError(
      .expression, .configuration, "'\(name)' has no value for this call",
      remedy: "give it in the connection's settings, or under 'values' before it is used")
  }

  func at(_ time: Timestamp) -> ValueScope {
    var moved = self
    moved.now = time
    return moved
  }

  /// The same values with every one of `names` replaced: what the journal keeps in place of secrets.
  func hiding(_ names: Set<String>, behind mark: String) -> ValueScope {
    var hidden = self
    for name in names where values[name] != nil { hidden.values[name] = Value(text: mark) }
    return hidden
  }
}
