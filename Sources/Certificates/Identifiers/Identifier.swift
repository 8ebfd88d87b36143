public import CivilTime

/// Reads identifiers leniently and says exactly what it found.
///
/// Accepts any text, also of great length or with damaged characters, and never traps. Pure: the same text and date
/// give the same report.
public enum Identifier {
  /// No identifier is longer; a longer text is refused before it is looked at.
  static let longestText = 200

  /// Everything that is known of `text` as an identifier of `kind`.
  ///
  /// - Parameter today: when given, dates after it (a birth, a year of issue) are refused; without it only dates that
  ///   the calendar does not have are.
  public static func inspect(
    _ kind: IdentifierKind, _ text: String, today: CivilDate? = nil
  ) -> IdentifierReport {
    var inspection = Inspection(kind: kind, input: text, today: today)
    if text.utf8.count > longestText * 4 {
      inspection.fail(.wrongLength, "the text is far longer than any \(kind.rawValue)")
      return inspection.finish(normal: nil)
    }
    let tidy = TidyText(text)
    if tidy.scalars.isEmpty {
      inspection.fail(.empty, "there is no text")
      return inspection.finish(normal: nil)
    }
    if tidy.isMasked {
      inspection.fail(.masked, "the text is masked (*); the whole identifier is needed")
      return inspection.finish(normal: nil)
    }
    let normal: String? =
      switch kind {
      case .socialCreditCode: SocialCreditCode.inspect(tidy, &inspection)
      case .citizenNumber: CitizenNumber.inspect(tidy, &inspection)
      case .realEstateUnit: RealEstateUnitNumber.inspect(tidy, &inspection)
      case .deedNumber: DeedNumber.inspect(tidy, &inspection)
      case .projectCode: ProjectCode.inspect(tidy, &inspection)
      case .certificateIdentifier: CertificateIdentifier.inspect(tidy, &inspection)
      case .installerLicence: InstallerLicenceNumber.inspect(tidy, &inspection)
      case .accountNumber: AccountNumber.inspect(tidy, &inspection)
      case .areaCode: AreaCode.inspect(tidy, &inspection)
      }
    inspection.noteRepairs(of: tidy)
    return inspection.finish(normal: normal)
  }

  /// The text without blanks, in half-width characters and capitals: what to compare when an identifier is not valid
  /// or of no known kind (a passport number). Costs nothing for text that is tidy already.
  public static func tidied(_ text: String) -> String {
    TidyText.isTidy(text) ? text : TidyText(text).string
  }

  /// The text under which an identifier is looked up: equal for all spellings of the same identifier, also for those
  /// the normal form keeps apart because it must not guess (a deed number without 市, a serial without leading zeros).
  /// Falls back to ``tidied(_:)`` where the form cannot be read.
  public static func lookupText(_ kind: IdentifierKind, _ text: String) -> String {
    switch kind {
    case .socialCreditCode, .accountNumber, .areaCode, .realEstateUnit:
      return tidied(text)
    case .citizenNumber:
      let tidy = tidied(text)
      return tidy.utf8.count == 15 ? inspect(kind, tidy).normal ?? tidy : tidy
    case .deedNumber:
      return DeedNumber.lookupText(text)
    case .projectCode, .certificateIdentifier, .installerLicence:
      if isPlain(kind, text) { return text }
      return inspect(kind, text).normal ?? tidied(text)
    }
  }
}
