public import CivilTime
public import SQLDatabase

/// The rows of a part of the gateway in which people's decisions stand. Each has a link in the chain, and is held against it.
///
/// With the first thing that can be decided about, the chain says up to which row there was no link, of an older program, and how many those are; with a keyed
/// digest, so that nobody says it who has the database alone.
public struct DecisionTable: Sendable {
  /// One row.
  public struct Row: Sendable {
    public let id: Int64
    /// The number of what it is about.
    public let subject: Int64
    /// What its link must hold; nil where it cannot be opened, so that nobody knows what was decided.
    public let content: [UInt8]?

    public init(id: Int64, subject: Int64, content: [UInt8]?) {
      self.id = id
      self.subject = subject
      self.content = content
    }
  }

  /// Which rows: those about one thing, or some hundred by their ids.
  public enum Selection: Sendable {
    case about(Int64)
    /// In the order of their ids, at most `limit`.
    case behind(Int64, limit: Int)
  }

  /// What its subjects are called: `push`, of `push-57`.
  let name: String
  /// How many rows there are up to an id, and the largest id among them; 0 where there are none.
  let count: @Sendable (_ upTo: Int64, Reader) throws -> (rows: Int64, last: Int64)
  let rows: @Sendable (Selection, Reader) throws -> [Row]
  let digest: @Sendable ([UInt8]) -> [UInt8]

  public init(
    name: String, count: @escaping @Sendable (_ upTo: Int64, Reader) throws -> (rows: Int64, last: Int64),
    rows: @escaping @Sendable (Selection, Reader) throws -> [Row],
    digest: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) {
    self.name = name
    self.count = count
    self.rows = rows
    self.digest = digest
  }

  /// Where rows without links end.
  private struct Boundary {
    let last: Int64
    let rows: Int64

    var word: String { "unlinked \(last) \(rows)" }
  }

  private var all: String { "\(name)-all" }

  private func content(of boundary: Boundary) -> [UInt8] {
    Journal.content(
      decision: boundary.word, about: all, digest: digest(Array("\(all)\u{0}\(boundary.word)".utf8)))
  }

  private func boundary(in reader: Reader) throws -> Boundary? {
    guard let content = try Journal.firstDecision(about: all, in: reader) else { return nil }
    let words = EntryContent.word(ofDecision: content).split(separator: " ")
    guard words.count == 3, let last = Int64(words[1]), let rows = Int64(words[2]) else { return nil }
    let boundary = Boundary(last: last, rows: rows)
    return self.content(of: boundary) == content ? boundary : nil
  }

  /// Has the chain say where rows without links end, if it does not yet: of an older program's, or that there are none.
  ///
  /// - Parameter row: the first of which that is not so.
  public func begin(
    before row: Int64 = .max, in journal: Journal, _ transaction: Transaction, at now: Timestamp
  ) throws {
    guard try Journal.firstDecision(about: all, in: transaction) == nil else { return }
    // An older program linked its rows from some row on.
    let first = try firstLinked(in: transaction) ?? row
    let (rows, last) = try count(first - 1, transaction)
    try journal.append(
      .decided, of: 0, content: content(of: Boundary(last: last, rows: rows)), keeps: true, at: now,
      in: transaction)
  }

  /// Adds the link of a row that was just written, and before the first one says where rows without links end.
  ///
  /// - Parameters:
  ///   - row: its id.
  ///   - content: what it commits to, as ``Journal/content(decision:about:digest:)`` gives it.
  public func link(
    _ row: Int64, _ content: [UInt8], in journal: Journal, _ transaction: Transaction, at now: Timestamp
  ) throws {
    try begin(before: row, in: journal, transaction, at: now)
    try journal.append(.decided, of: 0, content: content, keeps: true, at: now, in: transaction)
  }

  /// The first row that has a link.
  private func firstLinked(in reader: Reader) throws -> Int64? {
    var position: Int64 = 0
    while true {
      let links = try Journal.decisions(after: position, limit: 500, in: reader)
      if let link = links.first(where: { number(of: $0.subject) != nil }) {
        return try linked(by: link.subject, link.content, reader).min()
      }
      guard links.count == 500, let last = links.last else { return nil }
      position = last.number
    }
  }

  private func number(of subject: String) -> Int64? {
    subject.hasPrefix(name + "-") ? Int64(subject.dropFirst(name.count + 1)) : nil
  }

  /// The ids of the rows that a link commits to.
  private func linked(by subject: String, _ content: [UInt8], _ reader: Reader) throws -> [Int64] {
    guard let number = number(of: subject) else { return [] }
    return try rows(.about(number), reader).filter { $0.content == content }.map(\.id)
  }

  /// What the first decision is about whose row is not what the chain says; nil where all are.
  ///
  /// Each link must have its row, as often as it stands in the chain, and each row behind those of before there were links must have one. Moments tell
  /// nothing here: clocks go back.
  public func altered(in database: Database) async throws -> String? {
    var position: Int64 = 0
    var firstRow = Int64.max
    while true {
      let from = position
      let (last, first, altered) = try await database.read { reader in
        let links = try Journal.decisions(after: from, limit: 500, in: reader)
        var first = Int64.max
        for link in links where number(of: link.subject) != nil {
          let rows = try linked(by: link.subject, link.content, reader)
          guard try rows.count == Journal.timesNoted(link.content, in: reader) else {
            return (Int64?.none, first, String?.some(link.subject))
          }
          first = min(first, rows.min() ?? .max)
        }
        return (links.count < 500 ? nil : links.last?.number, first, nil)
      }
      if let altered { return altered.replacing("-", with: " ", maxReplacements: 1) }
      firstRow = min(firstRow, first)
      guard let last else { break }
      position = last
    }
    let first = firstRow
    let (start, hasOthers) = try await database.read { reader -> (Int64?, Bool) in
      // No row is given such a number.
      guard try count(0, reader).rows == 0 else { return (nil, true) }
      guard let boundary = try boundary(in: reader) else { return (first == .max ? 0 : first - 1, false) }
      return (boundary.last, try count(boundary.last, reader).rows != boundary.rows)
    }
    if hasOthers { return "an older \(name)" }
    return try await unlinked(behind: start, in: database)
  }

  private func unlinked(behind start: Int64?, in database: Database) async throws -> String? {
    guard var position = start else { return nil }
    while true {
      let from = position
      let (last, altered) = try await database.read { reader in
        let rows = try rows(.behind(from, limit: 500), reader)
        for row in rows {
          guard let content = row.content, try Journal.isNoted(content, in: reader) else {
            return (Int64?.none, Int64?.some(row.subject))
          }
        }
        return (rows.count < 500 ? nil : rows.last?.id, nil)
      }
      if let altered { return "\(name) \(altered)" }
      guard let last else { return nil }
      position = last
    }
  }
}
