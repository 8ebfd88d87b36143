import CivilTime
import Policies

/// What an application counts by. All of it is codes, moments and keyed digests, and nothing of it is anybody's, but what `alike`
/// says, of which only a keyed digest is kept.
struct OrderSketch: Hashable, Sendable {
  let region: String
  let channel: SupplyChannel?
  /// When the customer applied, where somebody says.
  let applied: Timestamp?
  let business: String?
  let customer: String?
  let isBooking: Bool
  /// It is about a step after the application, for which fewer facts may be given.
  let isLater: Bool
  /// nil: the verdict says nothing of them.
  let papers: OrderPapers?
  let limits: [OrderLimit]
  /// Two applications with the same are of one customer for one address and business.
  let alike: String
  /// As all of its forms say.
  let line: SupplyLine

  /// - Parameter isOutgrown: a form of another step came since: what it says was counted then, but for the papers.
  init(
    _ form: SupplyForm, _ verdict: Verdict, _ line: SupplyLine, _ policies: PolicyLibrary,
    isOutgrown: Bool = false
  ) {
    let supply = form.supply
    func word(_ fact: Fact) -> String? {
      if case .word(let word)? = supply.facts[fact] { word } else { nil }
    }
    region = supply.region
    channel = form.channel
    applied = form.applied
    business = word(.business)
    customer = word(.customer)
    isBooking = form.step == SupplyStep.booking
    isLater = isOutgrown || SupplyStep.judged.dropFirst().contains(form.step)
    papers = OrderPapers(verdict)
    limits = OrderLimit.all(of: supply, policies)
    let applicant =
      supply.applicant.code.map { "code \(LookupNormal.code($0))" }
      ?? "name \(LookupNormal.name(supply.applicant.name))"
    alike = [applicant, AddressMatch.text(supply.place.address), business ?? ""].joined(separator: "\n")
    self.line = line
  }

  /// The customer applies with it.
  var isAskedFor: Bool { !isBooking && !isLater }
}
