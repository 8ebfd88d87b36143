import Certificates
import Changes
public import CivilTime
import Documents
public import Registry
import SQLDatabase

/// Looks at the certificates that change, and keeps the reserve as the registrations and permits of projects say.
///
/// Of each code that changed all that is known is looked at anew, so that the order in which platforms tell does not matter,
/// and the same change may be looked at twice. Where the change feed did not tell of all, because nobody looked for too long,
/// a copy was restored, or the reserve is new, the registrations in the registry are gone through.
public struct ReserveWatch: Sendable {
  private static let portion = 500
  /// So many certificates of one code are looked at, the newest.
  private static let mostOfOne = 500

  private let store: ReserveStore
  private let registry: Registry
  private let now: @Sendable () -> Timestamp

  public init(
    _ store: ReserveStore, _ registry: Registry, now: @escaping @Sendable () -> Timestamp = { .now() }
  ) {
    self.store = store
    self.registry = registry
    self.now = now
  }

  /// Looks at what changed since the last look, and waits a while where nothing did.
  ///
  /// - Returns: how many projects are new or stand otherwise.
  @discardableResult
  public func look(waiting most: Duration = .zero) async throws -> Int {
    guard let known = try await store.database.read({ try Place.read($0) }) else {
      return try await begin(nil)
    }
    if let walked = known.walked { return try await walk(known, after: walked) }
    let page: ChangePage
    do {
      page = try await store.changes.page(
        after: known.feed, kinds: [.certificateChanged], limit: Self.portion, waiting: most)
    } catch let error as ChangeError where error.code == .gone || error.code == .ahead {
      return try await begin(known)
    }
    guard page.next != known.feed else { return 0 }
    let subjects = Set(
      page.changes.filter(Self.isOfAProject).compactMap { CertificateID(rawValue: $0.subject) })
    return try await keep(
      try await codes(of: subjects), from: known, to: Place(feed: page.next, walked: nil))
  }

  /// Looks until nothing is left, for a command that ends.
  ///
  /// - Returns: how many projects are new or stand otherwise.
  @discardableResult
  public func catchUp() async throws -> Int {
    var total = 0
    while true {
      let before = try await store.database.read { try Place.read($0) }
      total += try await look()
      let after = try await store.database.read { try Place.read($0) }
      if before == after { return total }
      try Task.checkCancellation()
    }
  }

  /// From the end of the feed on, after all that is in the registry by then.
  private func begin(_ known: Place?) async throws -> Int {
    let place = Place(feed: try await store.changes.end(), walked: 0)
    _ = try await store.database.write { transaction in
      guard try Place.read(transaction) == known else { return }
      try place.write(transaction)
    }
    return 0
  }

  private func walk(_ known: Place, after walked: Int64) async throws -> Int {
    let some = try await registry.ids(of: .projectRegistration, after: walked, limit: Self.portion)
    let codes = try await codes(of: Set(some.map(\.id)))
    let next = some.count < Self.portion ? nil : some.last?.position
    return try await keep(codes, from: known, to: Place(feed: known.feed, walked: next))
  }

  /// What a certificate's kind does not tell needs no look at it: a first pull changes a million.
  private static func isOfAProject(_ change: Change) -> Bool {
    guard let details = try? JSONDocument(parsing: change.details).root,
      let kind = details["certificateKind"]?.string.flatMap({ CertificateKind(rawValue: $0) })
    else { return true }
    return ReserveSketch.kinds.contains(kind)
  }

  private func codes(of certificates: Set<CertificateID>) async throws -> Set<String> {
    var codes: Set<String> = []
    for id in certificates {
      guard let certificate = try await registry.certificate(id),
        let code = ReserveSketch.code(of: certificate.record)
      else { continue }
      codes.insert(code)
    }
    return codes
  }

  private func keep(_ codes: Set<String>, from known: Place, to place: Place) async throws -> Int {
    var sketches: [ReserveSketch] = []
    for code in codes.sorted() {
      let certificates = try await registry.certificates(
        matching: [LookupKey(.projectCode, code)], kinds: ReserveSketch.kinds, limit: Self.mostOfOne)
      guard var sketch = ReserveSketch(code, certificates) else { continue }
      if sketch.capacity == nil {
        // Lists tell it, and platforms, which are believed before lists, do not.
        sketch.capacity = try await registry.observations(of: sketch.content.certificate)
          .compactMap { $0.record.specific.text(.plannedCapacity) }.last
      }
      sketches.append(sketch)
    }
    let (store, found, moment) = (store, sketches, now())
    return try await store.database.write { transaction in
      // Another process looked meanwhile, and may have seen newer certificates: what was found here is not written over it.
      guard try Place.read(transaction) == known else { return 0 }
      try place.write(transaction)
      return try found.count { sketch in
        switch try store.keep(sketch, in: transaction, now: moment) {
        case .reserved, .changed: true
        case .same, .erased: false
        }
      }
    }
  }

  /// How far was looked.
  private struct Place: Hashable, Sendable {
    let feed: Int64
    /// The certificate behind which the registry is still to be gone through.
    let walked: Int64?

    static func read(_ reader: Reader) throws -> Place? {
      try reader.first("SELECT place, walked FROM reserve_watch WHERE id = 1") {
        Place(feed: $0.int(0), walked: $0.intOrNull(1))
      }
    }

    func write(_ transaction: Transaction) throws {
      try transaction.execute(
        """
        INSERT INTO reserve_watch (id, place, walked) VALUES (1, ?1, ?2)
        ON CONFLICT (id) DO UPDATE SET place = ?1, walked = ?2
        """, .int(feed), .intOrNull(walked))
    }
  }
}
