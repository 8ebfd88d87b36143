import Applications
import Certificates
import CivilTime
import Exchanges
public import Pushing
public import Registry
public import SQLDatabase

/// Puts it to a platform that its data is thought to be wrong (数据异议).
public struct ObjectionDesk: Sendable {
  private let gateway: Gateway
  private let pushing: PushStation

  public init(_ gateway: Gateway, _ pushing: PushStation) {
    self.gateway = gateway
    self.pushing = pushing
  }

  /// Hands in the objection that a disagreement gives, at the platform of less authority, where that takes some. The disagreement is `objected` in the same
  /// transaction.
  ///
  /// - Throws: `PushError` `noRoute` where the platform takes no objections; `RegistryError` unless the disagreement is open.
  public func object(to id: DisagreementID, requestID: String) async throws -> PushTicket {
    let objection = try await gateway.registry.objection(to: id)
    guard let route = pushing.route(forObjectionsAt: objection.platform) else {
      throw PushError(
        .noRoute, "the platform '\(objection.platform)' takes no objections",
        remedy: "tell its operators another way, and end the disagreement with 'certificate dismiss'")
    }
    var values = ApplicationValues()
    for (name, text) in [
      ("platform", objection.platform), ("certificateNumber", objection.certificateNumber),
      ("certificateKind", objection.certificateKind.rawValue), ("field", objection.field),
      ("observed", objection.observed), ("expected", objection.expected), ("grounds", objection.grounds),
    ] where !text.isEmpty { values[name] = .text(text) }
    var request = PushRequest(
      record: ApplicationRecord(kind: .dataObjection, values: values), sequence: Self.sequence(of: id),
      requestID: requestID)
    // What was wrong, corrected, and is wrong again is told again. What was told of these words and refused is told once more, since somebody wants it.
    request.occasion = Self.occasion(objection.since)
    request.isRepeatedOnPurpose = true
    let prepared = try gateway.pushes.prepare(request, by: route)
    let (pushes, registry, now) = (gateway.pushes, gateway.registry, Timestamp.now())
    return try await gateway.database.write { transaction in
      // Of what the two say by now nobody is told with what they said when it was read.
      try registry.markObjected(id, sayingSince: objection.since, at: now, in: transaction)
      return try pushes.submit(prepared, in: transaction, now: now)
    }
  }

  /// Has a disagreement opened again when its platform was not told after all, or takes no such word; and `objected` when the platform turns out to have what was
  /// thought not to be there. What stands still is not tried again when nobody says any more what it is about.
  ///
  /// For everything that decides about pushes, in whichever process.
  public static func follow(_ pushes: Pushes, _ registry: Registry) {
    pushes.follow { push, transaction, now in
      guard let id = disagreement(of: push.sequence),
        let standing = try registry.standing(of: id, in: transaction)
      else { return }
      if push.state == .queued {
        guard let end = Self.end(of: push, standing.since, standing.state) else { return }
        throw PushError(
          .notNow, "push \(push.id) is not tried again: \(end.words(id))",
          remedy: "take it back with 'push cancel'"
            + (end == .otherWords ? ", and hand in an objection to what they say now" : ""))
      }
      // What was said of other words, which they say no more, tells nothing of these.
      guard isOf(push, standing.since) else { return }
      switch push.state {
      case .accepted: try registry.noteObjected(id, at: now, in: transaction)
      case .cancelled, .refused:
        guard
          try !pushes.isAccepted(
            sequence: push.sequence, on: occasion(standing.since), since: standing.since, in: transaction)
        else { return }
        try registry.reopenObjected(id, at: now, in: transaction)
      default: return
      }
    }
  }

  /// Why an objection is not handed in again; nil when it may be, or is none.
  public static func reasonAgainstRepeating(
    _ push: Push, _ registry: Registry, in reader: Reader
  ) throws -> String? {
    guard let id = disagreement(of: push.sequence),
      let standing = try registry.standing(of: id, in: reader),
      let end = end(of: push, standing.since, standing.state)
    else { return nil }
    let back = push.state == .parked ? " when this one is taken back with 'push cancel'" : ""
    return end.words(id) + (end == .otherWords ? ", and object to that" + back : "")
  }

  /// Why an objection is not sent, although it waits for that; nil when it is, or is none. What somebody repeats by its number is sent once, as it stood then.
  static func reasonAgainstSending(_ push: Push, _ registry: Registry, in reader: Reader) throws -> String? {
    if push.attempts == 0, push.follows != nil, let id = disagreement(of: push.sequence),
      let standing = try registry.standing(of: id, in: reader),
      max(standing.since, standing.ended ?? standing.since) <= push.created
    {
      return nil
    }
    return try reasonAgainstRepeating(push, registry, in: reader)
  }

  /// How what a push tells of has come to an end.
  private enum End {
    case otherWords, agreement, dismissal

    func words(_ id: DisagreementID) -> String {
      let reason =
        switch self {
        case .otherWords: "the two platforms say something else by now"
        case .agreement: "the two platforms agree by now"
        case .dismissal: "somebody has decided that nothing is to be done"
        }
      return reason + ": see disagreement \(id)"
    }
  }

  private static func end(of push: Push, _ since: Timestamp, _ state: Disagreement.State) -> End? {
    guard isOf(push, since) else { return .otherWords }
    return switch state {
    case .resolved: .agreement
    case .dismissed: .dismissal
    case .open, .objected: nil
    }
  }

  /// What they say is told once for each time they began to say it.
  private static func occasion(_ since: Timestamp) -> String { "\(since.milliseconds)" }

  /// Whether a push tells of what the two say since a moment. Of what an older program handed in only its own moment is known.
  private static func isOf(_ push: Push, _ since: Timestamp) -> Bool {
    push.occasion.map { $0 == occasion(since) } ?? (push.created >= since)
  }

  private static let prefix = "disagreement-"

  private static func sequence(of id: DisagreementID) -> String { "\(prefix)\(id)" }

  private static func disagreement(of sequence: String?) -> DisagreementID? {
    guard let sequence, sequence.hasPrefix(prefix) else { return nil }
    return Int64(sequence.dropFirst(prefix.count)).map { DisagreementID(rawValue: $0) }
  }
}
