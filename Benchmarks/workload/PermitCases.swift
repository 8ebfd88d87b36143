import Applications
import Calendars
import CivilTime
import Crypto
import Documents
import Gateway
import Permits
import Policies
import Registry
import SQLDatabase
import Synchronization
import Work

/// How long it takes to make the clocks of all open permit cases anew: cases of five regions by the policies that are
/// there, each with the events of a few weeks.
enum PermitCases {
  private static let runs = 7
  private static let portion = 500
  private static let now = CivilDateTime(iso: "2026-06-01T10:00:00")!

  /// - Parameter adapters: the folder with the policies.
  static func run(cases: Int, folder: String, adapters: String) async throws {
    let diagnostics = Diagnostics()
    let policies = PolicyLibrary(
      try LibraryFolder(adapters).policies().map { .init(name: $0.name, file: $0.path, bytes: $0.bytes) },
      diagnostics)
    try diagnostics.throwIfErrors()
    let database = try await Database.open(path: folder + "/permits.sqlite")
    try await database.migrate([
      RegistrySchema.component, WorkSchema.component, PermitSchema.component,
    ])
    let keys = try await RegistryKeys.open(database, ring: KeyRing.ephemeral())
    let permits = Permits(
      database: database, keys: keys,
      queue: WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner()), calendar: .china)
    var chance = Chance(state: 2026)
    for start in stride(from: 0, to: cases, by: portion) {
      let numbers = start..<min(start + portion, cases)
      let prepared = try numbers.map { try permits.prepare(try request($0), by: policies) }
      let seed = chance.next()
      try await database.write { transaction in
        var chance = Chance(state: seed)
        for one in prepared {
          let opened = now.advanced(bySeconds: -86_400 * Int.random(in: 1...30, using: &chance))
          let id = try permits.open(one, in: transaction, now: timestamp(opened)).id
          try enter(id, opened, &chance, transaction)
        }
      }
    }
    let (events, items) = try await database.read { reader in
      (
        try reader.int("SELECT count(*) FROM permit_event"),
        try reader.int("SELECT count(*) FROM permit_item WHERE state IS NOT NULL")
      )
    }
    let shown = Mutex<[Warning.Colour: Int]>([:])
    let recomputed = try await Timing.median(of: runs) {
      shown.withLock { $0 = [:] }
      try await permits.standings(at: now) { standing in
        let colours = [standing.view.colour, standing.view.totalColour].compactMap(\.self)
        if let colour = colours.max() { shown.withLock { $0[colour, default: 0] += 1 } }
      }
    }
    let processor = try await Timing.processorSeconds { try await permits.standings(at: now) { _ in } }
    let board = try await Timing.median(of: runs) { _ = try await permits.board(at: now) }
    let digest = try await Timing.median(of: runs) { _ = try await permits.digest(at: now) }
    let late = shown.withLock { $0.filter { !$0.key.isBeforeLimit }.values.reduce(0, +) }
    await database.close()
    print(
      #"{"cases":\#(cases),"items":\#(items),"events":\#(events),"late":\#(late),"recomputeSeconds":\#(recomputed),"#
        + #""recomputeProcessorSeconds":\#(processor),"boardSeconds":\#(board),"digestSeconds":\#(digest)}"#)
  }

  static let regions = ["411523", "410100", "320400", "500000", "330100"]

  static func request(_ number: Int) throws -> PermitRequest {
    let facts = try Facts(
      decoding: JSONDocument(
        parsing: """
          {"voltage": \(number % 3 == 0 ? 35 : 10), "length": \(100 + number % 1900), "customer": "other", "supply": "single",
           "capacity": 630, "digs-road": true, "occupies-road": \(number % 2 == 0), "uses-green-land": true, "trees": "none",
           "red-line": "outside", "works": "cable-transformer", "crossings": []}
          """
      ).root)
    let codes = ["route-drawing", "promise-letter", "construction-plan", "traffic-plan", "tree-list"]
    return PermitRequest(
      number: "B-\(number)", region: regions[number % regions.count],
      day: now.date, facts: facts,
      application: try PushWorker.record("SQ-\(number)", "route-planning"),
      materials: codes.map { code in
        let bytes = Array(code.utf8)
        return PermitMaterial(
          code: code,
          attachment: Attachment(
            name: code, mediaType: "text/plain", bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes))))
      }, requestID: "bench")
  }

  /// What happened to the items since, as windows tell it: half of them were asked for something, some of that was entered late,
  /// and a quarter is decided.
  static func enter(
    _ id: PermitCaseID, _ opened: CivilDateTime, _ chance: inout Chance, _ transaction: Transaction
  ) throws {
    let items = try transaction.query(
      "SELECT id, way FROM permit_item WHERE permit_case = ?1 AND state IS NOT NULL ORDER BY id",
      .int(id.rawValue)
    ) { (id: $0.int(0), isDecided: $0.text(1) == "approval") }
    for (index, item) in items.enumerated() {
      var moment = opened
      var number = 0
      func add(_ name: String, hours: ClosedRange<Int>, retracts: Int64? = nil, daysLater: Int = 0) throws
        -> Int64
      {
        moment = moment.advanced(bySeconds: 3600 * Int.random(in: hours, using: &chance))
        number += 1
        return try transaction.int(
          """
          INSERT INTO permit_event (item, name, happened, learned, source, reference, retracts)
          VALUES (?1, ?2, ?3, ?4, 'platform', ?5, ?6) RETURNING id
          """, .int(item.id), .text(name), .text(moment.description),
          .int(timestamp(moment).milliseconds + Int64(daysLater) * 86_400_000), .text("exchange \(number)"),
          .intOrNull(retracts))
      }
      guard item.isDecided else {
        _ = try add("filed", hours: 1...4)
        try state(item.id, "filed", transaction)
        continue
      }
      _ = try add("submitted", hours: 1...4)
      _ = try add("received", hours: 1...20)
      let accepted = try add("accepted", hours: 1...40)
      if Int.random(in: 0..<10, using: &chance) == 0 {
        _ = try add("accepted", hours: 1...20, retracts: accepted, daysLater: 2)
      }
      var last = "accepted"
      for _ in 0..<[0, 0, 1, 1, 2].randomElement(using: &chance)! {
        _ = try add("supplement-requested", hours: 4...60)
        _ = try add("supplement-received", hours: 10...90)
      }
      if Int.random(in: 0..<5, using: &chance) == 0 {
        _ = try add("special-procedure-started", hours: 4...40)
        _ = try add("special-procedure-ended", hours: 20...90)
      }
      // One item of each case stays open.
      if index > 0, Int.random(in: 0..<4, using: &chance) == 0 {
        _ = try add("approved", hours: 4...40)
        last = "approved"
      }
      try state(item.id, last, transaction)
    }
  }

  private static func state(_ id: Int64, _ state: String, _ transaction: Transaction) throws {
    try transaction.execute("UPDATE permit_item SET state = ?2 WHERE id = ?1", .int(id), .text(state))
  }

  private static func timestamp(_ moment: CivilDateTime) -> Timestamp {
    moment.timestamp(offsetSeconds: UTCOffset.china)
  }
}
