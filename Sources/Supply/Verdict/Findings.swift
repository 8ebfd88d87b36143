import Certificates
import CivilTime
import Policies
import Registry

/// What the known certificates say about one requirement.
struct Findings {
  /// The one by which it is met, if there is one.
  private(set) var best: RequirementVerdict.Evidence?
  /// Certificates of the applicant that do not count.
  private(set) var refused: [RequirementVerdict.Refused] = []
  /// What keeps it from being told.
  private(set) var obstacle: RequirementVerdict.Obstacle?
  /// That the applicant has a proper one which does not count now, or of which that could not be told: an equivalent is for where there is none.
  private(set) var proper: RequirementVerdict.Obstacle?

  init(_ decision: SupplyDecision, _ judge: Judge) {
    let party = decision.requirement.party
    guard !decision.proofs.isEmpty, let somebody = judge.supply.party(party) else { return }
    let match = CertificateMatch(
      holder: HolderMatch(party: somebody), place: judge.supply.place, region: judge.supply.region)
    // By their ids, so that the order in which they come does not matter.
    for certificate in judge.knowledge.certificates.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
      guard let proof = decision.proof(by: certificate.record.kind),
        judge.allows(certificate.record, party)
      else { continue }
      look(at: certificate, match.match(certificate.record), proof.rule.outcome.isEquivalent, judge)
    }
  }

  private mutating func look(
    at certificate: KnownCertificate, _ match: SupplyMatch, _ isEquivalent: Bool, _ judge: Judge
  ) {
    guard match != .different else { return }
    let standing = certificate.record.standing(on: judge.day).state
    var reason: RequirementVerdict.Refused.Reason?
    var doubt: SupplyMatch.Doubt?
    switch standing {
    case .valid: break
    case .unknown: doubt = .standing
    case .expired, .notYetValid, .cancelled, .revoked, .seized: reason = .standing(standing)
    }
    switch judge.covers(certificate.record) {
    case false? where reason == nil: reason = .level
    case nil where doubt == nil: doubt = .level
    default: break
    }
    switch judge.replacements.finding(certificate) {
    case .replaced? where reason == nil: reason = .superseded
    case .doubtful? where doubt == nil: doubt = .laterOne
    default: break
    }
    if match.isRepresentatives,
      !judge.supply.isAuthorised(certificate.record.kind, ofRepresentativeAt: judge.moment)
    {
      return
    }
    switch match {
    case .different: return
    case .unsure(let own):
      // One that would not count anyway, and is perhaps somebody else's, is nobody's concern. Nor does one stand in an equivalent's way that would do
      // as well if it were the applicant's.
      if reason == nil { obstacle = Self.first(obstacle, .doubtful(certificate.id, own)) }
    case .same(let basis):
      if let reason { return refuse(certificate, reason, isEquivalent, judge) }
      if let doubt { return obstruct(.doubtful(certificate.id, doubt), isEquivalent) }
      if let obstacle = judge.age(certificate) { return obstruct(obstacle, isEquivalent) }
      take(certificate, basis, isEquivalent)
    }
  }

  private mutating func take(
    _ certificate: KnownCertificate, _ basis: SupplyMatch.Basis, _ isEquivalent: Bool
  ) {
    let evidence = RequirementVerdict.Evidence(
      certificate: certificate.id, kind: certificate.record.kind, version: certificate.version,
      platform: certificate.platform, seen: certificate.seen, exchange: certificate.exchange,
      origin: certificate.origin, basis: basis, isEquivalent: isEquivalent)
    guard let best else {
      self.best = evidence
      return
    }
    // A proper one before an equivalent, then the one that was confirmed last.
    let isBetter =
      best.isEquivalent != isEquivalent ? best.isEquivalent : best.seen < certificate.seen
    if isBetter { self.best = evidence }
  }

  private mutating func refuse(
    _ certificate: KnownCertificate, _ reason: RequirementVerdict.Refused.Reason, _ isEquivalent: Bool,
    _ judge: Judge
  ) {
    refused.append(
      RequirementVerdict.Refused(
        certificate: certificate.id, kind: certificate.record.kind, reason: reason))
    // One that was cancelled or revoked is none any more, but where that was done for a later one: then somebody has a deed.
    let isGone = reason == .standing(.cancelled) || reason == .standing(.revoked)
    if !isEquivalent, !isGone || judge.replacements.hasSuccessor(certificate) {
      proper = Self.first(proper, .doubtful(certificate.id, .handedIn))
    }
  }

  private mutating func obstruct(_ new: RequirementVerdict.Obstacle, _ isEquivalent: Bool) {
    obstacle = Self.first(obstacle, new)
    if !isEquivalent { proper = Self.first(proper, new) }
  }

  /// What is surely the applicant's and only old comes before what may not be.
  private static func first(
    _ known: RequirementVerdict.Obstacle?, _ new: RequirementVerdict.Obstacle
  ) -> RequirementVerdict.Obstacle {
    guard let known else { return new }
    guard case .doubtful = known else { return known }
    if case .doubtful = new { return known } else { return new }
  }
}

extension Judge {
  /// Why a certificate is too old to rely on; nil when it is not.
  func age(_ certificate: KnownCertificate) -> RequirementVerdict.Obstacle? {
    if certificate.staleSince != nil {
      return .unreachable([certificate.platform], stale: certificate.id)
    }
    guard let days = terms.freshness[certificate.record.kind] else { return nil }
    let seen = certificate.seen.civil(offsetSeconds: UTCOffset.china).date
    let today = moment.civil(offsetSeconds: UTCOffset.china).date
    guard today.daysSinceEpoch - seen.daysSinceEpoch > days else { return nil }
    let silent = silence(certificate.record.kind)
    return silent.isEmpty
      ? .stale(certificate.id, seen: certificate.seen) : .unreachable(silent, stale: certificate.id)
  }
}
