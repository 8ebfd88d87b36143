import Changes
public import CivilTime
import Documents
import Policies
public import SQLDatabase

/// Verdicts that are kept: each on the form that lies there when it is kept, and on papers as they were read just before.
extension SupplyDesk {
  /// Judges, signs and keeps the verdict. Where platforms did not answer in time, and may yet, that is followed.
  ///
  /// What the form says was agreed to is kept before anything is looked up by it, and the form before platforms are waited for: whoever sends a newer one
  /// meanwhile is not overtaken by this one.
  ///
  /// - Parameters:
  ///   - keepsFormFirst: false: the form is kept with the verdict and not without it, also where platforms are waited for.
  ///   - keeping: called in the transaction that keeps the verdict; what it throws undoes that.
  /// - Throws: `SupplyError`: `noRule`, `numberTaken`, `unfit` (also for a moment to come), `overtaken`; `AuthorisationError`.
  public func evaluate(
    _ form: SupplyForm, for asker: SupplyAsker?, at moment: Timestamp, keepsFormFirst: Bool = true,
    keeping: @escaping @Sendable (SupplyApplicationID, Transaction) throws -> Void = { _, _ in }
  ) async throws -> (kept: KeptVerdict, answer: Answer) {
    let form = try await store.dated(form, at: moment)
    let terms = try terms(for: form.supply)
    if let applied = form.applied, applied > moment.advanced(bySeconds: Self.clockSkew) {
      throw SupplyError(
        .unfit, "applied: lies ahead", remedy: "give the moment at which the customer applied")
    }
    try await keepPapers(of: form, for: asker, at: moment)
    let store = store
    var askings: [SupplyAsking]?
    // What has to lie there still once platforms were waited for.
    var awaited: [UInt8]??
    while true {
      let start = try await start { try store.start(ofNumber: form.number, $0) }
      if let awaited, start.content != awaited, start.content != store.content(of: form) {
        throw SupplyError.overtaken(start.id)
      }
      let supply = try await resolved(form, purpose: asker?.purpose)
      let inquiry = SupplyInquiry(supply, terms, at: moment)
      let possible = SupplyQuestions(supply, terms, sources, at: moment)
      let answer = try await answer(
        supply, terms, inquiry, possible, askings: askings ?? [], at: moment)
      if let asker, askings == nil {
        let questions = possible.wanted(by: answer.verdict, terms)
        if !questions.all.isEmpty {
          awaited = .some(start.content)
          if keepsFormFirst {
            _ = try await store.database.write {
              try store.keep(form, for: asker, in: $0, now: moment)
            }
            awaited = .some(store.content(of: form))
          }
          askings = await askPanel(questions, asker)
          try Task.checkCancellation()
          continue
        }
      }
      let sketch = OrderSketch(form, answer.verdict, policies)
      let kept = try await sign(start.id, form.number, start.version, answer, at: moment)
      do {
        try await store.database.write { [self] transaction in
          guard try store.start(ofNumber: form.number, transaction).isSame(as: start),
            try store.keep(form, for: asker, in: transaction, now: moment) == start.id,
            try store.add(kept, standing: answer.standing, in: transaction)
          else { throw Overtaken() }
          try store.note(
            answer.keys, answer.certificates, holders: supply.holders, of: start.id, in: transaction)
          try store.keep(sketch, of: start.id, in: transaction, now: moment)
          try follow(answer, since: start, hastens: true, in: transaction, at: moment)
          try keeping(start.id, transaction)
        }
        return (kept, answer)
      } catch is Overtaken {
        // Another call was quicker with this number: then this verdict is the next, on what lies there now.
        try Task.checkCancellation()
      }
    }
  }

  /// So many seconds the clock of whoever asks may be ahead.
  private static let clockSkew = 300

  private struct Overtaken: Error {}

  /// Judges an application once more, and keeps the verdict where it stands otherwise than the latest. Platforms are asked for what is not settled,
  /// as they were before: without that their word of then would be lost. Where nobody is asked, what they said for the latest verdict stands.
  ///
  /// - Parameters:
  ///   - asks: nobody is asked if not, and nothing is done where it stands as it did.
  ///   - budget: so long they are waited for.
  ///   - ending: called in the transaction that keeps the verdict, or finds that there is nothing to keep; without an answer where there is nothing
  ///     to judge any more.
  func reconsider(
    _ id: SupplyApplicationID, asks: Bool = true, budget: Duration, at moment: Timestamp,
    ending:
      @escaping @Sendable (Answer?, _ told: (version: Int, verdict: Verdict)?, Transaction) throws -> Void
  ) async throws {
    let store = store
    var asked: (content: [UInt8]?, askings: [SupplyAsking])?
    while true {
      let start = try await start { try store.start(of: id, $0) }
      guard let held = try await store.application(id, requestID: "supply-\(id)") else {
        return try await store.database.write { try ending(nil, nil, $0) }
      }
      let supply = try await resolved(held.form, purpose: held.asker?.purpose)
      let terms = try terms(for: supply)
      let inquiry = SupplyInquiry(supply, terms, at: moment)
      let possible = SupplyQuestions(supply, terms, sources, at: moment)
      var askings = asked.flatMap { $0.content == start.content ? $0.askings : nil }
      if !asks { askings = try await askingsBefore(id, held) }
      let answer = try await answer(
        supply, terms, inquiry, possible, askings: askings ?? [], at: moment)
      if askings == nil, let asker = held.asker {
        let questions = possible.wanted(by: answer.verdict, terms)
        if !questions.all.isEmpty {
          asked = (start.content, await askPanel(questions, asker, within: budget))
          try Task.checkCancellation()
          continue
        }
      }
      let standing = answer.standing
      if !asks, try await store.database.read({ try store.stands(id, as: standing, $0) }) { return }
      let sketch = OrderSketch(held.form, answer.verdict, policies)
      let kept = try await sign(id, held.form.number, start.version, answer, at: moment)
      do {
        return try await store.database.write { [self] transaction in
          guard try store.start(of: id, transaction).isSame(as: start) else { throw Overtaken() }
          try store.note(
            answer.keys, answer.certificates, holders: supply.holders, of: id, in: transaction)
          let isNew = try !store.stands(id, as: standing, transaction)
          if isNew {
            guard try store.add(kept, standing: standing, in: transaction) else { throw Overtaken() }
            try store.keep(sketch, of: id, in: transaction, now: moment)
          }
          try follow(answer, since: start, hastens: false, in: transaction, at: moment)
          try ending(answer, isNew ? (start.version, answer.verdict) : nil, transaction)
        }
      } catch is Overtaken {
        try Task.checkCancellation()
      }
    }
  }

  private func start(
    _ read: @escaping @Sendable (Reader) throws -> SupplyStart
  ) async throws -> SupplyStart {
    let isFollowed = following != nil
    return try await store.database.read { reader in
      var start = try read(reader)
      if isFollowed { start.place = try ChangeFeed.end(in: reader) }
      return start
    }
  }

  /// Has what could not be told looked at again, and what came while it was judged, where whoever brings it did not find the application by it yet.
  ///
  /// - Parameter hastens: what is looked at later already is looked at now.
  private func follow(
    _ answer: Answer, since start: SupplyStart, hastens: Bool, in transaction: Transaction,
    at now: Timestamp
  ) throws {
    guard let following else { return }
    let id = start.id
    guard let end = try store.followed(id, transaction), now < end else { return }
    if answer.isOpen || answer.isUnchecked {
      try following.follow(
        id, version: start.version, isAsked: answer.isOpen, hastens: hastens, in: transaction, now: now)
    }
    if let moment = answer.end, moment < end {
      try following.follow(id, atTheEnd: moment, in: transaction, now: now)
    }
    let papers = try store.papers(transaction)
    let watched = try store.watched(transaction)
    // Where nobody has looked at changes yet, whoever begins does it here.
    if watched == nil { try store.watch(from: start.place, in: transaction) }
    if papers != start.papers || watched.map({ $0 > start.place }) == true {
      try following.follow(
        id, because: "passed \(start.version) \(papers) \(watched ?? 0)", in: transaction, now: now)
    }
  }

  /// What platforms said for the latest verdict; nothing where the form is another one by now.
  private func askingsBefore(
    _ id: SupplyApplicationID, _ held: HeldApplication
  ) async throws -> [SupplyAsking] {
    let latest = try await store.verdict(id)
    return held.changed <= latest.created ? try latest.askings(among: sources) : []
  }
}

extension KeptVerdict {
  /// Who was asked for it, and what they told, of those that can still be asked.
  fileprivate func askings(among sources: [SupplyQuery]) throws -> [SupplyAsking] {
    let asked = try document.root["asked"]
    return asked?.elements.compactMap { SupplyAsking($0, among: sources, before: created) } ?? []
  }
}
