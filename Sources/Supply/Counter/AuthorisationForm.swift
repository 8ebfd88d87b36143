public import Authorisations
import Certificates
public import CivilTime
public import Documents
import Registry

/// An authorisation as it is taken.
///
///     {"means": "counter", "given": "2026-11-27T09:00:00Z", "until": "2026-12-27T00:00:00Z",
///      "holder": {"type": "person", "name": "…", "code": "…"},
///      "scope": ["property-deed"], "purposes": ["supply-application"], "application": "GD-2026-0017",
///      "reference": "…"}
public struct AuthorisationForm: Sendable {
  private let means: AuthorisationMeans
  private let holder: PaperHolder
  private let given: Timestamp
  private let until: Timestamp?
  private let kinds: Set<CertificateKind>?
  private let purposes: Set<String>
  private let application: String?
  private let reference: String?

  /// - Parameters:
  ///   - purposes: those that there are, for whoever asks.
  ///   - now: when it was given, where the form does not say.
  public init(_ value: JSONValue, purposes known: [String], now: Timestamp) throws(SupplyFormError) {
    let report = FormReader.Report()
    let form = FormReader(value, at: "", report)
    form.allow(
      "means", "holder", "given", "until", "scope", "purposes", "application", "reference")
    let means = form.word("means", among: AuthorisationMeans.self)
    let holder = form.object("holder", isNeeded: true).flatMap { PaperHolder($0) }
    let (given, until) = (form.moment("given"), form.moment("until"))
    let kinds = form.has("scope") ? form.words("scope", among: CertificateKind.self) : nil
    let purposes = form.texts("purposes", most: 32)
    if purposes.isEmpty || !Set(purposes).isSubset(of: known) {
      form.fault("purposes", "must be a list of at least one of \(known.sorted().joined(separator: ", "))")
    }
    let application = form.applicationNumber("application")
    let reference = form.text("reference")
    guard report.faults.isEmpty, let means, let holder else {
      throw SupplyFormError(faults: report.faults)
    }
    self.means = means
    self.holder = holder
    self.given = given ?? now
    self.until = until
    self.kinds = kinds.map { Set($0) }
    self.purposes = Set(purposes)
    self.application = application
    self.reference = reference
  }

  /// - Parameters:
  ///   - channel: the consumer through which it came.
  ///   - operator: who took it.
  public func authorisation(through channel: String, by operator: String) -> NewAuthorisation {
    NewAuthorisation(
      means: means, holder: holder, given: given, until: until, kinds: kinds, purposes: purposes,
      application: application, channel: channel, operator: `operator`, reference: reference)
  }
}
