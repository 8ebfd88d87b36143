public import CivilTime
public import Materials
public import Policies
public import Certificates

/// A file that was handed in, now or for other business.
public struct SupplyMaterial: Hashable, Sendable {
  /// What is known of one that the utility keeps.
  public struct Kept: Hashable, Sendable {
    public let id: MaterialID
    /// Whose it is.
    public let party: SupplyRequirement.Party
    /// The certificate that it shows, and its number.
    public let kind: CertificateKind?
    public let number: String?
    public let place: MaterialPlace
    /// How it compared with a certificate when that was looked at last.
    public let check: MaterialCheck.State?

    public init(
      id: MaterialID, party: SupplyRequirement.Party, kind: CertificateKind? = nil, number: String? = nil,
      place: MaterialPlace = MaterialPlace(), check: MaterialCheck.State? = nil
    ) {
      self.id = id
      self.party = party
      self.kind = kind
      self.number = number
      self.place = place
      self.check = check
    }
  }

  /// By which policies speak of it.
  public let code: String
  /// The day it was handed in for other business; nil: with this application.
  public let earlier: CivilDate?
  /// The last day on which it holds; nil: without end.
  public let validTo: CivilDate?
  /// Of the file, in hexadecimal.
  public let sm3: String
  /// nil: it lies elsewhere, and is only named.
  public let kept: Kept?

  public init(
    code: String, earlier: CivilDate? = nil, validTo: CivilDate? = nil, sm3: String, kept: Kept? = nil
  ) {
    self.code = code
    self.earlier = earlier
    self.validTo = validTo
    self.sm3 = sm3
    self.kept = kept
  }

  /// One that is kept; nil once it was erased.
  ///
  /// - Parameter isForThis: it was handed in for the application that is judged.
  init?(_ material: Material, of party: SupplyRequirement.Party, isForThis: Bool) {
    guard let details = material.details else { return nil }
    let received = material.received.civil(offsetSeconds: UTCOffset.china).date
    self.init(
      code: material.code, earlier: isForThis ? nil : received,
      validTo: material.validTo, sm3: details.sm3,
      kept: Kept(
        id: material.id, party: party, kind: material.kind, number: details.number, place: details.place,
        check: material.check?.state))
  }

  public func holds(on day: CivilDate) -> Bool { validTo.map { day <= $0 } ?? true }
}
