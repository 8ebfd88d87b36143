public import CivilTime

/// The right to work on an item, until somebody else takes it over.
public struct WorkLease: Hashable, Sendable {
  public let id: WorkID
  public let kind: WorkKind
  public let lane: String
  public let sequence: String?
  public let businessKey: [UInt8]
  /// Grows with each claim. Whoever holds a smaller number than the row has lost the item: each transaction that stores what the work brought about compares it.
  public let fence: Int64
  /// 1 for the first. What is snoozed was no attempt; a holder that vanished has used one up.
  public let attempt: Int
  public let payload: [UInt8]
  /// When it ends unless it is renewed.
  public let until: Timestamp
  /// A holder before vanished, or was stopped, while it worked, and nobody has said since that it is settled what came of that: it may have been done.
  public let isTakeover: Bool
  /// Holders in a row that vanished while they worked on it; see ``endsProcess``.
  public let vanished: Int

  /// It is written down that its holder begins with it.
  var isBegun = true

  /// So many holders in a row have vanished that the work itself must be what ends them: it is begun no more, but parked.
  public var endsProcess: Bool { vanished >= Self.mostVanished }

  static let mostVanished = 5

  public init(
    id: WorkID, kind: WorkKind, lane: String, sequence: String? = nil, businessKey: [UInt8] = [],
    fence: Int64, attempt: Int = 1, payload: [UInt8] = [], until: Timestamp, isTakeover: Bool = false,
    vanished: Int = 0
  ) {
    self.id = id
    self.kind = kind
    self.lane = lane
    self.sequence = sequence
    self.businessKey = businessKey
    self.fence = fence
    self.attempt = attempt
    self.payload = payload
    self.until = until
    self.isTakeover = isTakeover
    self.vanished = vanished
  }
}

extension WorkLease: CustomStringConvertible {
  /// Without payload and keys.
  public var description: String {
    "work \(id) (\(kind.rawValue) \(lane), attempt \(attempt), fence \(fence))"
  }
}
