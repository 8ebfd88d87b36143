public import CivilTime

/// The number of an item. Numbers grow in the order of enqueueing and are never given again.
public struct WorkID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  public var description: String { String(rawValue) }

  public static func < (left: WorkID, right: WorkID) -> Bool { left.rawValue < right.rawValue }
}

/// What is to be done; each kind has its handler.
public enum WorkKind: String, CaseIterable, Sendable {
  case push, probe, pull, notification, replay, permit, inbound, supply, archive
}

/// Where an item stands.
public enum WorkState: String, CaseIterable, Sendable {
  /// Behind another of its sequence.
  case waiting
  /// To be done as soon as its time has come.
  case ready
  /// Somebody works on it, until the lease ends.
  case leased
  /// Set aside until a person has looked at it.
  case parked
  case done
  /// Taken out by a person.
  case cancelled
}

/// An item to enqueue. Nothing in it but the payload may name a person: use digests for keys.
public struct NewWork: Sendable {
  public var kind: WorkKind
  /// What is limited and paused together: `hangzhou-permits/submit`.
  public var lane: String
  /// Items of one sequence are done one after the other, in the order of enqueueing, whatever their kinds and lanes. nil: in any order.
  public var sequence: String?
  /// What the item is about. With kind, lane and `contentDigest` it is unique, also among what is done.
  public var businessKey: [UInt8]
  public var contentDigest: [UInt8]
  /// For the handler. Sealed in the database, and gone once the item has ended.
  public var payload: [UInt8]
  public var notBefore: Timestamp
  /// Smaller ones first, within a lane.
  public var priority: Int

  public init(
    kind: WorkKind, lane: String, sequence: String? = nil, businessKey: [UInt8], contentDigest: [UInt8],
    payload: [UInt8] = [], notBefore: Timestamp, priority: Int = 0
  ) {
    self.kind = kind
    self.lane = lane
    self.sequence = sequence
    self.businessKey = businessKey
    self.contentDigest = contentDigest
    self.payload = payload
    self.notBefore = notBefore
    self.priority = priority
  }
}

/// What became of an item that was to be enqueued.
public enum Enqueued: Hashable, Sendable {
  case added(WorkID)
  /// The same was enqueued before. Nothing was changed.
  case duplicate(WorkID, WorkState)

  public var id: WorkID {
    switch self {
    case .added(let id), .duplicate(let id, _): id
    }
  }
}
