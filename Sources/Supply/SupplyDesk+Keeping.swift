import Certificates
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
  /// meanwhile is not overtaken by this one, and where the caller goes away it is judged without them.
  ///
  /// - Parameters:
  ///   - keepsFormFirst: false: the form is kept with the verdict and not without it, also where platforms are waited for.
  ///   - keeping: called in the transaction that keeps the verdict; what it throws undoes that.
  ///   - admitting: called with the application that the number stands for, before anything is kept; what it throws refuses the form.
  /// - Throws: `SupplyError`: `noRule`, `numberTaken`, `unfit` (also for a moment to come), `overtaken`; `AuthorisationError`.
  public func evaluate(
    _ form: SupplyForm, for asker: SupplyAsker?, at moment: Timestamp, keepsFormFirst: Bool = true,
    keeping: @escaping @Sendable (SupplyApplicationID, Transaction) throws -> Void = { _, _ in },
    admitting: @escaping @Sendable (SupplyApplicationID, Reader) throws -> Void = { _, _ in }
  ) async throws -> (kept: KeptVerdict, answer: Answer) {
    let form = try await store.dated(form, at: moment)
    _ = try terms(for: form.supply)
    if let applied = form.applied, applied > moment.advanced(bySeconds: Self.clockSkew) {
      throw SupplyError(
        .unfit, "applied: lies ahead", remedy: "give the moment at which the customer applied")
    }
    let store = store
    // What is refused leaves nothing behind, nor what it says was agreed to.
    try await store.database.read { reader in
      if let known = try store.application(toTake: form, reader) { try admitting(known.id, reader) }
    }
    try await keepPapers(of: form, for: asker, at: moment)
    let before = try await toldBefore(form)
    var askings: [SupplyAsking]?
    // What has to lie there still once platforms were waited for.
    var awaited: [UInt8]??
    while true {
      var begun: SupplyStart?
      func begin() async throws -> SupplyCase {
        let start = try await start { try store.start(ofNumber: form.number, $0) }
        if let awaited, start.content != awaited, start.content != store.content(of: form) {
          throw SupplyError.overtaken(start.id)
        }
        begun = start
        return try await resolved(form, purpose: asker?.purpose)
      }
      let answer = try await judge(
        try await begin(), for: asker, told: askings, before: before, at: moment
      ) {
        awaited = .some(begun?.content)
        guard keepsFormFirst else { return }
        try await keepFirst(form, for: asker, at: moment)
        awaited = .some(store.content(of: form))
      }
      guard let start = begun else { preconditionFailure("nothing is judged before it is read") }
      let wasAsked = !answer.askings.isEmpty
      if wasAsked { askings = answer.askings }
      let sketch = OrderSketch(form, answer.verdict, try await line(with: form, since: start), policies)
      let kept = try await sign(start.id, form.number, start.version, answer, at: moment)
      do {
        try await store.database.write { [self] transaction in
          guard try store.start(ofNumber: form.number, transaction).isSame(as: start),
            try store.keep(form, for: asker, in: transaction, now: moment) == start.id,
            try store.add(kept, of: answer.step, standing: answer.standing, in: transaction)
          else { throw Overtaken() }
          let isWhole = try !store.hasSteps(start.id, transaction)
          try store.note([answer], of: start.id, isWhole: isWhole, in: transaction)
          try store.keep(sketch, of: start.id, in: transaction, now: moment)
          try follow([answer], since: start, hastens: true, in: transaction, at: moment)
          if wasAsked { try following?.formIsJudged(start.id, in: transaction, now: moment) }
          try keeping(start.id, transaction)
        }
        return (kept, answer)
      } catch is Overtaken {
        // Another call was quicker with this number: then this verdict is the next, on what lies there now.
        try Task.checkCancellation()
      }
    }
  }

  /// What all forms of an application say of its line, with this one in the place of that which its step had.
  private func line(with form: SupplyForm, since start: SupplyStart) async throws -> SupplyLine {
    var others: [SupplyForm] = []
    if start.content != nil {
      do {
        others = try await store.applications(start.id, requestID: "supply-\(start.id)").map(\.form)
          .filter { SupplyStep.judged.contains($0.step) && $0.step != form.step }
      } catch let error as SupplyError where error.code == .unreadable {
        // What an older version took and this one does not read keeps no form from being judged; its archive says that it cannot be read.
      }
    }
    return SupplyLine(others + [form], policies, store.keys)
  }

  /// Whoever asked may go away while platforms are waited for: the form has its verdict all the same.
  private func keepFirst(_ form: SupplyForm, for asker: SupplyAsker?, at moment: Timestamp) async throws {
    let (store, following, budget) = (store, following, budget)
    try await store.database.write { transaction in
      let id = try store.keep(form, for: asker, in: transaction, now: moment)
      try following?.follow(formOf: id, waitedFor: budget, in: transaction, now: moment)
    }
  }

  /// So many seconds the clock of whoever asks may be ahead.
  private static let clockSkew = 300

  private struct Overtaken: Error {}

  /// Judges each step of an application once more, by the latest form of it, and keeps the verdicts that stand otherwise than the latest on their steps.
  /// Platforms are asked for what is not settled, as they were before: without that their word of then would be lost. Where nobody is asked, what they said
  /// for the latest verdict stands.
  ///
  /// - Parameters:
  ///   - asks: nobody is asked if not.
  ///   - isOnlyLook: nothing is done where everything stands as it did.
  ///   - budget: so long they are waited for.
  ///   - ending: called in the transaction that keeps the verdicts, or finds that there is nothing to keep; without answers where there is nothing
  ///     to judge any more.
  func reconsider(
    _ id: SupplyApplicationID, asks: Bool = true, isOnlyLook: Bool = false, budget: Duration,
    at moment: Timestamp,
    ending:
      @escaping @Sendable ([Answer], _ told: [(version: Int, verdict: Verdict)], Transaction) throws -> Void
  ) async throws {
    let store = store
    var told: [[UInt8]: [SupplyAsking]] = [:]
    while true {
      do {
        let first = try await start { try store.start(of: id, $0) }
        let forms = try await store.applications(id, requestID: "supply-\(id)")
        guard !forms.isEmpty else { return try await store.database.write { try ending([], [], $0) } }
        var steps: [(held: HeldApplication, answer: Answer)] = []
        // What was read first is as old as what rests on it.
        var since: SupplyStart?
        for held in forms {
          var begun: SupplyStart?
          func begin() async throws -> SupplyCase {
            let start = try await start { try store.start(of: id, $0) }
            guard start.content == first.content else { throw Overtaken() }
            begun = start
            return try await resolved(held.form, purpose: held.asker?.purpose)
          }
          let latest = try await readable {
            try await store.verdict(id, of: held.form.step, since: held.changed)
          }
          let askings = asks ? told[held.form.bytes] : try latest?.askings(among: sources) ?? []
          let before = try latest?.toldByCode(among: sources) ?? []
          let answer = try await judge(
            try await begin(), for: held.asker, told: askings, before: before, within: budget, at: moment)
          if asks, !answer.askings.isEmpty { told[held.form.bytes] = answer.askings }
          steps.append((held, answer))
          since = since ?? begun
        }
        guard let start = since else { preconditionFailure("nothing is judged before it is read") }
        let line = SupplyLine(forms.map(\.form), policies, store.keys)
        let judged = steps
        let new = try await store.database.read { reader in
          try judged.filter { try !store.stands(id, of: $0.answer.step, as: $0.answer.standing, reader) }
        }
        if isOnlyLook, new.isEmpty { return }
        var kept: [(verdict: KeptVerdict, answer: Answer, sketch: OrderSketch)] = []
        for (place, one) in new.enumerated() {
          let version = start.version + place
          let later = forms.drop { $0.form.bytes != one.held.form.bytes }.dropFirst()
          kept.append(
            (
              try await sign(id, one.held.form.number, version, one.answer, at: moment), one.answer,
              OrderSketch(
                one.held.form, one.answer.verdict, line, policies,
                isOutgrown: later.contains { $0.form.step != SupplyStep.booking })
            ))
        }
        let (verdicts, answers) = (kept, judged.map(\.answer))
        return try await store.database.write { [self] transaction in
          guard try store.start(of: id, transaction).isSame(as: start) else { throw Overtaken() }
          try store.note(answers, of: id, isWhole: true, in: transaction)
          for one in verdicts {
            guard
              try store.add(
                one.verdict, of: one.answer.step, standing: one.answer.standing, in: transaction)
            else { throw Overtaken() }
            try store.keep(one.sketch, of: id, in: transaction, now: moment)
          }
          try follow(answers, since: start, hastens: false, in: transaction, at: moment)
          try ending(answers, verdicts.map { ($0.verdict.version, $0.answer.verdict) }, transaction)
        }
      } catch is Overtaken {
        try Task.checkCancellation()
      }
    }
  }

  /// Judges an application once more by what is known, without asking anybody.
  func refresh(_ id: SupplyApplicationID, at moment: Timestamp) async throws {
    let following = following
    try await reconsider(
      id, asks: false, isOnlyLook: true, budget: .zero, at: moment
    ) { _, told, transaction in
      for one in told { try following?.tell(one, of: id, in: transaction, at: moment) }
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
    _ answers: [Answer], since start: SupplyStart, hastens: Bool, in transaction: Transaction,
    at now: Timestamp
  ) throws {
    guard let following else { return }
    let id = start.id
    guard let end = try store.followed(id, transaction) else { return }
    if now < end, answers.contains(where: { $0.isOpen || $0.isUnchecked }) {
      try following.follow(
        id, version: start.version, isAsked: answers.contains(where: \.isOpen), hastens: hastens,
        in: transaction, now: now)
    }
    if now < end, answers.contains(where: \.isDoubtful) {
      try following.follow(doubtOf: id, version: start.version, in: transaction, now: now)
    }
    for moment in Set(answers.compactMap(\.end)) {
      try following.follow(id, atTheEnd: moment, in: transaction, now: now)
    }
    let papers = try store.papers(transaction)
    let watched = try store.watched(transaction)
    // Where nobody has looked at changes yet, whoever begins does it here.
    if watched == nil { try store.watch(from: start.place, in: transaction) }
    let isPassed = watched.map { $0 > start.place } == true
    if papers != start.papers || isPassed {
      try following.follow(
        id, because: "passed \(start.version) \(papers) \(watched ?? 0)",
        kind: papers == start.papers ? .change : nil, in: transaction, now: now)
    }
  }

  /// What platforms told by somebody's code for the latest verdict on a form that comes once more.
  private func toldBefore(_ form: SupplyForm) async throws -> [SupplyAsking] {
    let latest = try await readable { () async throws -> KeptVerdict? in
      guard let (id, changed) = try await store.known(form) else { return nil }
      return try await store.verdict(id, of: form.step, since: changed)
    }
    return try latest?.toldByCode(among: sources) ?? []
  }

  /// The latest verdict, which keeps no form from being judged where it cannot be read any more: platforms are asked anew, and its archive says that it
  /// cannot be read.
  private func readable(_ latest: () async throws -> KeptVerdict?) async throws -> KeptVerdict? {
    do {
      return try await latest()
    } catch let error as SupplyError where error.code == .unreadable {
      return nil
    }
  }
}

extension KeptVerdict {
  /// Who was asked for it, and what they told, of those that can still be asked.
  fileprivate func askings(among sources: [SupplyQuery]) throws -> [SupplyAsking] {
    try askings("asked", among: sources)
  }

  /// What platforms told by somebody's code for it, and for those before it: what has no code in it is found by no key.
  fileprivate func toldByCode(among sources: [SupplyQuery]) throws -> [SupplyAsking] {
    try askings("asked", among: sources).filter { $0.isByCode && $0.reply != nil }
      + askings("toldBefore", among: sources)
  }

  private func askings(_ name: String, among sources: [SupplyQuery]) throws -> [SupplyAsking] {
    let list = try document.root[name]
    return list?.elements.compactMap { SupplyAsking($0, among: sources, before: created) } ?? []
  }
}
