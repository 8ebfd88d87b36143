public import Certificates
public import CivilTime
public import Registry

/// How a material compares with the certificate of its kind and number.
public struct MaterialCheck: Hashable, Sendable {
  /// The raw value is stored and never changed.
  public enum State: String, CaseIterable, Hashable, Sendable {
    case agrees
    case differs
    /// Nobody can tell.
    case unchecked
  }

  /// In what it differs, or why nobody can tell. The raw value is stored and never changed.
  public enum Reason: String, CaseIterable, Hashable, Comparable, Sendable {
    /// It is somebody else's.
    case holder
    /// The certificate is cancelled, revoked, seized, over or not yet valid.
    case standing
    /// It holds until another day.
    case validTo = "valid-to"
    case issued
    /// It shows no certificate of which platforms tell.
    case noKind = "no-kind"
    case noNumber = "no-number"
    /// It is a person's, who has not agreed to having it looked up.
    case notAuthorised = "not-authorised"
    /// There is no such certificate, as far as is known.
    case notFound = "not-found"
    /// A platform that could tell does not answer.
    case unreachable
    /// The certificate hides whose it is, or nobody has told its state.
    case hidden

    public static func < (left: Reason, right: Reason) -> Bool { left.rawValue < right.rawValue }
  }

  public let state: State
  public let reasons: Set<Reason>
  public let at: Timestamp
  /// The certificate it was compared with.
  public let certificate: CertificateID?

  public init(_ state: State, _ reasons: Set<Reason> = [], at: Timestamp, certificate: CertificateID? = nil) {
    self.state = state
    self.reasons = reasons
    self.at = at
    self.certificate = certificate
  }
}

extension Material {
  /// Compares the material with a certificate of its kind and number, by what stands on `day`. Pure.
  public func compared(
    with record: CertificateRecord, _ id: CertificateID, on day: CivilDate, at moment: Timestamp
  ) -> MaterialCheck {
    var (differences, unknown): (Set<MaterialCheck.Reason>, Set<MaterialCheck.Reason>) = ([], [])
    if let holder = details?.holder {
      switch Self.sameness(holder, record) {
      case true?: break
      case false?: differences.insert(.holder)
      case nil: unknown.insert(.hidden)
      }
    } else {
      unknown.insert(.hidden)
    }
    switch record.standing(on: day).state {
    case .valid: break
    case .unknown: unknown.insert(.hidden)
    case .expired, .notYetValid, .cancelled, .revoked, .seized: differences.insert(.standing)
    }
    if let validTo, let other = record.validTo, validTo != other { differences.insert(.validTo) }
    if let issued, let other = record.issuedDate, issued != other { differences.insert(.issued) }
    let state: MaterialCheck.State =
      !differences.isEmpty ? .differs : unknown.isEmpty ? .agrees : .unchecked
    return MaterialCheck(
      state, state == .differs ? differences : unknown, at: moment, certificate: id)
  }

  /// Whether any holder of the record is the holder of the material; nil where the record hides it.
  private static func sameness(_ holder: PaperHolder, _ record: CertificateRecord) -> Bool? {
    var others = record.holders.map {
      PaperHolder(
        isPerson: holder.isPerson, name: whole($0.text(.holderName)), code: whole($0.text(.holderCode)))
    }
    // The number of these is the code of their holder.
    if record.kind == .identityCard || record.kind == .businessLicence, let number = whole(record.number) {
      others.append(PaperHolder(isPerson: holder.isPerson, name: nil, code: number))
    }
    var isHidden = false
    for other in others {
      if let code = holder.codeText, let theirs = other.codeText {
        if code == theirs { return true }
        // Codes of other lengths are other kinds of codes, from which nothing follows.
        if code.utf8.count == theirs.utf8.count { continue }
      }
      guard let name = holder.nameText, let theirs = other.nameText else {
        isHidden = true
        continue
      }
      if name == theirs { return true }
    }
    return isHidden || others.isEmpty ? nil : false
  }

  private static func whole(_ text: String?) -> String? {
    text.flatMap { $0.contains("*") || $0.contains("＊") ? nil : $0 }
  }
}
