import Documents
import Exchanges

/// What an answer says of a push. Pure: the same answer always means the same.
extension Envelope {
  func answer(
    to rules: AcknowledgementRules, status: Int, body: [UInt8], scope: ValueScope
  ) -> PushAnswer {
    let (answer, failure) = look(status: status, body: body, scope: scope)
    do throws(AdapterError) {
      if let answer, let duplicate = rules.duplicate, try self.rules.holds(duplicate, in: answer) {
        return .accepted(
          Acknowledgement(
            receipt: try Self.text(rules.receipt, answer), state: try Self.text(rules.state, answer),
            isDuplicate: true))
      }
      if let failure { throw failure }
      guard let answer, let receipt = try Self.text(rules.receipt, answer) else {
        throw AdapterError(
          .envelope, .drift, "the answer is a success and has no receipt",
          remedy: "compare acknowledgement.receipt with the platform's manual")
      }
      return .accepted(
        Acknowledgement(receipt: receipt, state: try Self.text(rules.state, answer), isDuplicate: false))
    } catch {
      return PushAnswer(answered: error)
    }
  }

  func answer(to probe: Operation.Probe, status: Int, body: [UInt8], scope: ValueScope) -> ProbeAnswer {
    let (answer, failure) = look(status: status, body: body, scope: scope)
    do throws(AdapterError) {
      guard let answer, failure == nil || failure?.effect == .nothing else {
        throw failure ?? Self.undecided("the answer says nothing")
      }
      let isFound = failure == nil ? try all(probe.found, in: answer) : false
      // What a refusal leaves out is not what the platform has not: only its words say so.
      let mayBeAbsent = failure == nil || probe.absent.contains { !$0.texts.isEmpty }
      let isAbsent = mayBeAbsent ? try all(probe.absent, in: answer) : false
      switch (isFound, isAbsent) {
      case (true, false):
        return .found(
          Acknowledgement(
            receipt: try Self.text(probe.receipt, answer), state: try Self.text(probe.state, answer),
            isDuplicate: false, progress: try stated(probe, answer)))
      case (false, true): return .absent
      case (true, true):
        throw Self.undecided("the answer says both that the push is there and that it is not")
      case (false, false):
        throw failure ?? Self.undecided("the answer says neither that the push is there nor that it is not")
      }
    } catch {
      return .undecided(error)
    }
  }

  private func stated(_ probe: Operation.Probe, _ answer: Answer) throws(AdapterError) -> StatedProgress? {
    guard let rules = probe.progress else { return nil }
    return StatedProgress(
      event: try Self.text(probe.state, answer).flatMap { rules.states[$0] },
      moment: try Self.text(rules.at, answer), decision: try Self.text(rules.decision, answer),
      note: try Self.text(rules.note, answer))
  }

  /// The message to look into, be it a success or not, and why it is none.
  private func look(status: Int, body: [UInt8], scope: ValueScope) -> (Answer?, AdapterError?) {
    do throws(AdapterError) {
      return (Answer(document: try open(status: status, body: body, scope: scope).message), nil)
    } catch {
      return (try? inside(body, scope: scope), error)
    }
  }

  private func all(_ rules: [Rule], in answer: Answer) throws(AdapterError) -> Bool {
    for rule in rules where try !self.rules.holds(rule, in: answer) { return false }
    return true
  }

  private static func text(_ path: AnswerPath?, _ answer: Answer) throws(AdapterError) -> String? {
    guard let path else { return nil }
    let text = try Answer.reading { () throws(DocumentError) in try answer.text(at: path) }
    return text.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func undecided(_ message: String) -> AdapterError {
    AdapterError(
      .envelope, .drift, message,
      remedy: "compare 'found' and 'absent' of the probe with the platform's manual")
  }
}

extension PushAnswer {
  /// - Parameter error: what is wrong with an answer that came.
  init(answered error: AdapterError) {
    guard error.effect == .nothing else {
      self = .unknown(error.inDoubt)
      return
    }
    switch error.errorClass {
    case _ where error.action == .refresh: self = .notMade(error)
    // The record is at fault, or the platform says so.
    case .data, .platform, .drift: self = .refused(error)
    case .configuration, .credentials, .rate, .transient: self = .notMade(error)
    }
  }
}

extension AdapterError {
  /// With what to do about a push of which it is not known whether it arrived.
  var inDoubt: AdapterError {
    var error = self
    error.remedy =
      "it may have arrived: nothing is sent again before the platform or a person says what became of it"
    return error
  }
}
