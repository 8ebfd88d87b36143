import CivilTime

@testable import Work

/// What the queue should do, said as simply as possible: all items in one array, looked through from the front.
struct QueueModel {
  struct Item {
    let id: Int64
    let key: Int
    let lane: String
    let sequence: String?
    var state: WorkState
    var due: Timestamp
    var attempts = 0
    var fence: Int64 = 0
    var until: Timestamp?
    var owner: Int?
    var taken: Timestamp?
    var orphaned = false
    var vanished = 0
  }

  private(set) var items: [Item] = []

  func item(_ id: WorkID) -> Item { items[index(id)] }

  private func index(_ id: WorkID) -> Int {
    guard let index = items.firstIndex(where: { $0.id == id.rawValue }) else {
      preconditionFailure("the model knows no item \(id)")
    }
    return index
  }

  /// - Parameter id: the number the queue gave, if it is a new item; numbers may leave gaps.
  mutating func enqueue(
    _ key: Int, lane: String, sequence: String?, at due: Timestamp, as id: WorkID
  ) -> Enqueued {
    if let same = items.first(where: { $0.key == key && $0.lane == lane && $0.state != .cancelled }) {
      return .duplicate(WorkID(rawValue: same.id), same.state)
    }
    let isBehind = sequence != nil && items.contains { $0.sequence == sequence && !$0.hasEnded }
    precondition(items.allSatisfy { $0.id < id.rawValue }, "a number was given twice")
    items.append(
      Item(
        id: id.rawValue, key: key, lane: lane, sequence: sequence, state: isBehind ? .waiting : .ready,
        due: due))
    return .added(id)
  }

  /// What may be claimed now.
  func claimable(without paused: String?, at now: Timestamp) -> Set<WorkID> {
    Set(
      items.filter { item in
        guard item.lane != paused else { return false }
        switch item.state {
        case .ready: return item.due <= now
        case .leased: return item.until.map { $0 <= now } ?? false
        default: return false
        }
      }.map { WorkID(rawValue: $0.id) })
  }

  mutating func claim(_ id: WorkID, by owner: Int, until: Timestamp, at now: Timestamp) -> Item {
    let index = index(id)
    if items[index].state == .leased {
      items[index].attempts += 1
      items[index].orphaned = true
      items[index].vanished += 1
    }
    items[index].state = .leased
    items[index].owner = owner
    items[index].taken = now
    items[index].fence += 1
    items[index].until = until
    return items[index]
  }

  func isHeld(_ lease: WorkLease) -> Bool {
    let item = item(lease.id)
    return item.state == .leased && item.fence == lease.fence
  }

  mutating func renew(_ lease: WorkLease, until: Timestamp) { items[index(lease.id)].until = until }

  mutating func end(_ lease: WorkLease, as state: WorkState, due: Timestamp? = nil, usesAttempt: Bool) {
    let index = index(lease.id)
    items[index].state = state
    items[index].until = nil
    if let due { items[index].due = due }
    if usesAttempt { items[index].attempts += 1 }
    promote(items[index])
  }

  /// What three or four holders in a row have vanished over is taken alone, for eight seconds.
  func isAlone(_ id: WorkID, at now: Timestamp) -> Bool {
    let item = item(id)
    guard item.state == .leased, 2...3 ~= item.vanished, let until = item.until else { return false }
    return now.milliseconds(since: until) < 8_000
  }

  /// What four have, one at a time after that.
  func isOverdue(_ id: WorkID, at now: Timestamp) -> Bool {
    let item = item(id)
    return item.state == .leased && item.vanished == 3 && !isAlone(id, at: now)
  }

  /// Whether an owner has been trying something for the last time for less than a lease.
  func isTrying(_ owner: Int, at now: Timestamp) -> Bool {
    items.contains { item in
      guard item.state == .leased, item.owner == owner, item.vanished == 4, let taken = item.taken else {
        return false
      }
      return now.milliseconds(since: taken) < 20_000
    }
  }

  mutating func settle(_ id: WorkID, orphaned: Bool) {
    items[index(id)].orphaned = orphaned
    if !orphaned { items[index(id)].vanished = 0 }
  }

  mutating func release(_ id: WorkID, at now: Timestamp) -> Bool {
    let index = index(id)
    guard items[index].state == .parked else { return false }
    items[index].state = .ready
    items[index].attempts = 0
    items[index].vanished = 0
    items[index].due = now
    return true
  }

  mutating func cancel(_ id: WorkID) -> Bool {
    let index = index(id)
    guard items[index].state != .leased, !items[index].hasEnded else { return false }
    items[index].state = .cancelled
    promote(items[index])
    return true
  }

  private mutating func promote(_ ended: Item) {
    guard ended.hasEnded, let sequence = ended.sequence,
      let next = items.firstIndex(where: { $0.sequence == sequence && !$0.hasEnded })
    else { return }
    if items[next].state == .waiting { items[next].state = .ready }
  }
}

extension QueueModel.Item {
  var hasEnded: Bool { state == .done || state == .cancelled }
}
