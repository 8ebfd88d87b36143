/// The lists of codes that fields of records use. The raw value is the name in messages to people.
public enum CodeList: String, CaseIterable, Hashable, Sendable {
  case certificateState = "certificate-state"
  case certificateCategory = "certificate-category"
  case holderCodeType = "holder-code-type"
  case holderRole = "holder-role"
  case rightHolderType = "right-holder-type"
  case identityDocumentType = "identity-document-type"
  case ownershipForm = "ownership-form"
  case rightState = "right-state"
  case rightType = "right-type"
  case registrationType = "registration-type"
  case projectType = "project-type"
  case projectNature = "project-nature"
  case contractorLevel = "contractor-level"
  case designGrade = "design-grade"
  /// The gateway's own: how far an approval case has come.
  case approvalProgress = "approval-progress"
  case sex
  case verification

  /// The known codes, in the list's order.
  public var entries: [CodeEntry] { Self.tables[self] ?? [] }

  /// Whether the program itself decides by these codes, so that an unknown one is an error and not news.
  public var isClosed: Bool {
    switch self {
    case .certificateState, .verification, .holderRole, .rightState, .approvalProgress: true
    default: false
    }
  }

  public func entry(_ code: String) -> CodeEntry? {
    // By index: asked for every code of every record, and the other entries need no copy.
    let entries = entries
    for index in entries.indices where entries[index].code == code { return entries[index] }
    return nil
  }
}

/// One code with what people read for it.
public struct CodeEntry: Hashable, Sendable {
  public let code: String
  /// In Chinese.
  public let title: String
  public let englishTitle: String
  /// The meaning was read in one place only or inferred.
  public let isUnconfirmed: Bool

  init(_ code: String, _ title: String, _ englishTitle: String, unconfirmed: Bool = false) {
    self.code = code
    self.title = title
    self.englishTitle = englishTitle
    isUnconfirmed = unconfirmed
  }
}
