import Applications
import Calendars
import CivilTime
import Crypto
import Exchanges
import Registry
import SQLDatabase

/// That an item was allowed under a number, by an entry of whatever worth.
struct Approval {
  /// Where it was told.
  struct Evidence {
    let platform: String
    let exchange: ExchangeID
    let adapter: DefinitionID
  }

  let number: String
  let happened: CivilDateTime
  /// It was not taken back, and fits what was before it.
  let holds: Bool
  let evidence: Evidence?
}

extension Permits {
  /// Whether such an event allows an item: only its number is that of a permit. A refusal, and what takes a permit back, have numbers of
  /// their own.
  static func allows(_ name: String) -> Bool {
    name == PermitEvent.approved.rawValue || name == PermitEvent.approvedDeferred.rawValue
  }

  /// All numbers under which an attempt was said to be allowed: those that do not hold first, and then those that do in the order in which
  /// they happened, so that the last one that holds is the permit's.
  ///
  /// - Parameter isThorough: also the numbers of what allowed nothing, of which an earlier version had made permits too.
  func approvals(
    of id: PermitItemID, isThorough: Bool = false, _ reader: Reader
  ) throws -> [Approval] {
    let all = try events(of: id, reader)
    guard all.contains(where: { Self.allows($0.name) }) else { return [] }
    let known = all.known()
    let misfits = Set(PermitProgress(known).misfits.map(\.id))
    let holding = known.filter { Self.allows($0.name) && !misfits.contains($0.id) }
    let held = Set(holding.map(\.id))
    let rest = all.filter { (isThorough || Self.allows($0.name)) && !held.contains($0.id) }
    let words = try words(of: id, reader)
    return (rest + holding).compactMap { event in
      guard let said = words[event.id], let number = said.decision else { return nil }
      return Approval(
        number: number, happened: event.happened, holds: held.contains(event.id),
        evidence: Approval.Evidence(said))
    }
  }

  /// What was said with the approval that an approval without a number takes the place of, when its moment is corrected, say: it was given
  /// under the same number. Nil where there is none, or it had none.
  func approval(
    correctedBy entry: PermitEntry, of id: PermitItemID, _ reader: Reader
  ) throws -> PermitWords? {
    guard let retracted = entry.retracts, Self.allows(entry.name) else { return nil }
    let name = try reader.first("SELECT name FROM permit_event WHERE id = ?1", .int(retracted)) { $0.text(0) }
    guard let name, Self.allows(name) else { return nil }
    let said = try words(of: id, reader)[String(retracted)]
    return said?.decision == nil ? nil : said
  }

  /// Where it was told that a permit is taken back, by the platform that had given it; nil for another state, and where nobody told it in an
  /// exchange.
  func teller(
    of state: PermitState, _ id: PermitItemID, at platform: String, _ reader: Reader
  ) throws -> Approval.Evidence? {
    let event: PermitEvent
    switch state {
    case .recalled: event = .recalled
    case .revoked: event = .revoked
    default: return nil
    }
    let told = try events(of: id, reader).known().last { $0.name == event.rawValue }
    guard let told, let said = try words(of: id, reader)[told.id] else { return nil }
    return Approval.Evidence(said).flatMap { $0.platform == platform ? $0 : nil }
  }

  /// What was said with the entries of an attempt, by their numbers.
  func words(of id: PermitItemID, _ reader: Reader) throws -> [String: PermitWords] {
    let rows = try reader.query(
      "SELECT id, note FROM permit_event WHERE item = ?1 AND note IS NOT NULL ORDER BY id",
      .int(id.rawValue)
    ) { row in
      let entry = row.int(0)
      return (
        String(entry),
        try PermitWords(
          decoding: try keys.sealer.open(row.blob(1), context: Self.wordsContext(entry)))
      )
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }
}

extension Approval.Evidence {
  /// `nil` where it was told in no exchange.
  init?(_ words: PermitWords) {
    guard let platform = words.platform, let exchange = words.exchange, let adapter = words.adapter else {
      return nil
    }
    self.init(platform: platform, exchange: exchange, adapter: DefinitionID(rawValue: adapter))
  }
}
