import Registry

/// What the registry knows, for people at the command line.
enum CertificateCommands {
  static let group = Command(
    group: "certificate", "Finds, shows, proves and exports certificates (证照).",
    details: """
      Names, codes, numbers and addresses of people are masked. --reveal shows whole what the
      purpose allows; the configuration's purposes say what that is. Every look is recorded
      in the access audit before anything is shown.
      """,
    [
      CertificateFind.command, CertificateShow.command, CertificateHistory.command,
      CertificateProve.command, CertificateExport.command, CertificateDisagreements.command,
      CertificateDismiss.command, CertificateObjection.command,
    ])

  static let id = Positional("ID", "The certificate's id (crt-…).")

  /// Does not repeat the word in its error: it may be somebody's number.
  static func id(_ word: String) throws(UsageError) -> CertificateID {
    guard let id = CertificateID(rawValue: word) else {
      throw UsageError(
        "a certificate's id begins with 'crt-'; look for numbers and codes with 'zhengdian certificate find'")
    }
    return id
  }
}
