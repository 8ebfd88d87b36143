import Adapters
import Certificates
import CivilTime
import Exchanges
public import Journal
public import Mapping

/// What another mapping would have made of the messages that an operation has really received.
///
/// Nothing is called and nothing is stored: the messages come from the journal and are opened as the adapter says today.
public struct MappingComparison: Sendable {
  public struct Statistics: Sendable {
    public var exchanges = 0
    /// Answers that could not be opened or mapped; no reason to stop, but not compared.
    public var unread = 0
    /// Those of them that had been erased, or pruned since they were listed.
    public var erased = 0
    /// Records of the old mapping, and of the new one.
    public var oldRecords = 0
    public var newRecords = 0
    public var oldQuarantined = 0
    public var newQuarantined = 0
    public var differences: [RecordDifference.Kind: Int] = [:]
    /// How often each field differs; places of holders are left out of the path.
    public var fields: [String: Int] = [:]

    public init() {}

    public var differing: Int { differences.values.reduce(0, +) }

    /// Those that either mapping makes a record of.
    public var rows: Int { oldRecords + (differences[.appeared] ?? 0) }

    /// Differing rows in a hundred; 0 where there are none.
    public var percentage: Double { Double(differing) * 100 / Double(max(rows, 1)) }

    public static func += (left: inout Statistics, right: Statistics) {
      left.exchanges += right.exchanges
      left.unread += right.unread
      left.erased += right.erased
      left.oldRecords += right.oldRecords
      left.newRecords += right.newRecords
      left.oldQuarantined += right.oldQuarantined
      left.newQuarantined += right.newQuarantined
      left.differences.merge(right.differences, uniquingKeysWith: +)
      left.fields.merge(right.fields, uniquingKeysWith: +)
    }
  }

  /// Exchanges that one task takes at a time.
  private static let portion = 50
  /// Tasks at the same time.
  private static let width = 4

  private let operation: any MappedOperation
  private let old: CompiledMapping
  private let new: CompiledMapping

  public init(of operation: any MappedOperation, old: CompiledMapping, new: CompiledMapping) {
    self.operation = operation
    self.old = old
    self.new = new
  }

  /// Compares over the exchanges that the filter lets through, the oldest first; its platform, operation, outcome and order are set here.
  ///
  /// - Parameter found: takes the differences in the order of the exchanges; false leaves out the rest, which is still counted.
  public func run(
    _ filter: ExchangeFilter, found: (RecordDifference) -> Bool
  ) async throws -> Statistics {
    var filter = filter
    filter.platform = operation.key.platform
    filter.operation = operation.key.operation
    filter.outcome = .succeeded
    filter.order = .oldestFirst
    filter.limit = Self.portion
    var statistics = Statistics()
    var wantsMore = true
    try await withThrowingTaskGroup(of: (Int, Part).self) { group in
      var (begun, taken, running) = (0, 0, 0)
      var early: [Int: Part] = [:]
      var isListed = false
      while true {
        while !isListed, running < Self.width {
          let ids = try await operation.exchanges(filter)
          isListed = ids.count < Self.portion
          filter.after = ids.last
          guard !ids.isEmpty else { break }
          let place = begun
          begun += 1
          running += 1
          group.addTask { (place, try await part(ids)) }
        }
        guard let (place, part) = try await group.next() else { break }
        running -= 1
        early[place] = part
        while let next = early.removeValue(forKey: taken) {
          taken += 1
          statistics += next.statistics
          for difference in next.differences where wantsMore { wantsMore = found(difference) }
        }
      }
    }
    return statistics
  }

  private struct Part: Sendable {
    var statistics = Statistics()
    var differences: [RecordDifference] = []
  }

  /// What is compared of these, one after the other.
  func compare(_ ids: [ExchangeID]) async throws -> Statistics { try await part(ids).statistics }

  private func part(_ ids: [ExchangeID]) async throws -> Part {
    var part = Part()
    for id in ids {
      try Task.checkCancellation()
      part.statistics.exchanges += 1
      switch try await results(of: id) {
      case .both(let left, let right): compare(left, right, id, &part)
      case .erased:
        part.statistics.unread += 1
        part.statistics.erased += 1
      case .unread: part.statistics.unread += 1
      }
    }
    return part
  }

  private enum Results {
    case both(MappingResult, MappingResult)
    case erased
    /// Not as the adapter or one of the mappings say.
    case unread
  }

  /// What both mappings make of a message.
  private func results(of id: ExchangeID) async throws -> Results {
    do {
      let message = try await operation.message(of: id)
      return .both(try old.apply(to: message), try new.apply(to: message))
    } catch let error as JournalError where error.code == .erased || error.code == .notFound {
      return .erased
    } catch is AdapterError {
      return .unread
    } catch is InboundRefusal {
      return .unread
    } catch is MappingError {
      return .unread
    }
  }

  private struct Place: Hashable {
    let locator: RecordLocator
    let entity: String
  }

  private func compare(
    _ left: MappingResult, _ right: MappingResult, _ id: ExchangeID, _ part: inout Part
  ) {
    part.statistics.oldRecords += left.records.count
    part.statistics.newRecords += right.records.count
    part.statistics.oldQuarantined += left.quarantined.count
    part.statistics.newQuarantined += right.quarantined.count
    func place(_ record: MappedRecord) -> Place { Place(locator: record.locator, entity: record.entity) }
    var others = Dictionary(right.records.map { (place($0), $0.record) }) { first, _ in first }
    var reasons: [RecordLocator: [RowProblem]] = [:]
    for row in right.quarantined { reasons[row.locator, default: []] += row.reasons }
    func add(
      _ kind: RecordDifference.Kind, _ place: Place, _ fields: [String], _ old: CertificateRecord?,
      _ new: CertificateRecord?
    ) {
      part.statistics.differences[kind, default: 0] += 1
      let difference = RecordDifference(
        exchange: id, locator: place.locator, entity: place.entity, kind: kind, fields: fields, old: old,
        new: new, reasons: new == nil ? reasons[place.locator] ?? [] : [])
      for field in difference.kindsOfFields { part.statistics.fields[field, default: 0] += 1 }
      part.differences.append(difference)
    }
    for mapped in left.records {
      let place = place(mapped)
      guard let other = others.removeValue(forKey: place) else {
        add(.vanished, place, [], mapped.record, nil)
        continue
      }
      guard mapped.record != other else { continue }
      let fields = mapped.record.differences(to: other, includingManagement: true)
      // Holders in another order are no difference.
      if !fields.isEmpty { add(.changed, place, fields, mapped.record, other) }
    }
    for mapped in right.records {
      let place = place(mapped)
      if let record = others.removeValue(forKey: place) { add(.appeared, place, [], nil, record) }
    }
  }
}
