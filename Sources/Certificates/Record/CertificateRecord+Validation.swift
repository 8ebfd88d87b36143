public import CivilTime

extension CertificateRecord {
  /// All problems of the record, errors first.
  ///
  /// Errors are few: no identity, an identifier the identity rests on that cannot be right, an unknown code the program
  /// decides by, dates in an impossible order, a field of another kind. Everything else warns, because old books are
  /// full of damaged codes of co-owners and the rest of their rows is still worth having.
  ///
  /// - Parameter today: when given, births and issues after it are refused.
  public func validate(today: CivilDate? = nil) -> [RecordProblem] {
    var check = RecordCheck(record: self, today: today)
    check.run()
    let errors = check.problems.filter { $0.severity == .error }
    return errors + check.problems.filter { $0.severity == .warning }
  }
}

private struct RecordCheck {
  let record: CertificateRecord
  let today: CivilDate?
  var problems: [RecordProblem] = []

  init(record: CertificateRecord, today: CivilDate?) {
    self.record = record
    self.today = today
  }

  mutating func run() {
    if record.identity == nil {
      problems.append(
        RecordProblem(
          .error, "", "no-identity",
          "a \(record.kind.rawValue) is told apart by its number or code, and has none"))
    }
    check(record.basic, .basic, "basic")
    for (place, holder) in record.holders.enumerated() { check(holder, .holder, "holders[\(place)]") }
    check(record.specific, .specific, "specific")
    check(record.management, .management, "management")
    checkNumber()
    checkHolders()
    checkDates()
    checkIdentityCard()
  }

  private mutating func check(
    _ values: FieldValues, _ group: Field.Group, _ path: @autoclosure () -> String
  ) {
    for entry in values.entries {
      let field = entry.field
      let definition = field.definition
      // Texts of places are made only for problems: records are checked by the hundred thousand.
      func place() -> String { "\(path()).\(definition.name)" }
      if definition.group != group || !field.belongs(to: record.kind) {
        add(.error, place(), "foreign-field", "a \(record.kind.rawValue) has no such field here")
      }
      switch (definition.type, entry.value) {
      case (.code(let list), .text(let code)) where list.entry(code) == nil:
        add(
          list.isClosed ? .error : .warning, place(), "unknown-code",
          "the code is not in the list \(list.rawValue)")
      case (.identifier(let kind), .text(let text)):
        judge(kind, text, place(), isIdentity: isIdentity(field))
      case (.decimal, .decimal(let text)) where DecimalText.canonical(text) != text:
        add(.error, place(), "not-canonical", "the number is not in its canonical form")
      case (.text, .text(let text)) where Self.holdsReplacementCharacter(text):
        add(.warning, place(), "damaged-text", "a character was lost before the text came here (U+FFFD)")
      default: break
      }
    }
  }

  /// U+FFFD, which is EF BF BD in UTF-8.
  private static func holdsReplacementCharacter(_ text: String) -> Bool {
    let bytes = text.utf8.span
    guard bytes.count >= 3 else { return false }
    for index in 0..<bytes.count - 2
    where bytes[index] == 0xEF && bytes[index + 1] == 0xBF && bytes[index + 2] == 0xBD {
      return true
    }
    return false
  }

  /// Whether the record's identity rests on this field.
  private func isIdentity(_ field: Field) -> Bool {
    switch field {
    case .projectCode: record.kind == .projectRegistration
    case .unitNumber: true
    default: false
    }
  }

  private mutating func judge(
    _ kind: IdentifierKind, _ text: String, _ path: @autoclosure () -> String, isIdentity: Bool
  ) {
    if Identifier.isPlain(kind, text, today: today) { return }
    let report = Identifier.inspect(kind, text, today: today)
    guard !report.reasons.isEmpty || !report.warnings.isEmpty else { return }
    let place = path()
    for reason in report.reasons {
      add(isIdentity ? .error : .warning, place, reason.code.rawValue, "\(kind.rawValue): \(reason.message)")
    }
    for warning in report.warnings {
      add(.warning, place, warning.code.rawValue, "\(kind.rawValue): \(warning.message)")
    }
  }

  private mutating func checkNumber() {
    guard let number = record.number, let kind = record.kind.numberIdentifier else { return }
    if record.kind == .businessLicence {
      // Some platforms keep the old registration number (注册号) here and the credit code with the holder.
      let isOwnCode = record.holders.allSatisfy {
        $0.text(.holderCode) == nil || $0.text(.holderCode) == number
      }
      judge(kind, number, "basic.number", isIdentity: isOwnCode)
    } else {
      let isOwnCode = record.kind != .projectRegistration || record.specific.text(.projectCode) == nil
      judge(kind, number, "basic.number", isIdentity: isOwnCode)
    }
  }

  private mutating func checkHolders() {
    // A permit may name only its project, and the project its developer.
    let isBoundToProject = CertificateKind.permits.contains(record.kind) && record.projectCode != nil
    if record.holders.isEmpty, record.verification == .content, !isBoundToProject {
      add(.warning, "holders", "no-holder", "nobody is named as holder")
    }
    for (place, holder) in record.holders.enumerated() {
      guard let code = holder.text(.holderCode) else {
        if holder.text(.holderName) == nil {
          add(.warning, "holders[\(place)]", "no-holder", "the holder has neither name nor code")
        }
        continue
      }
      guard let type = holder.text(.holderCodeType).flatMap(HolderCodeType.init(rawValue:)),
        let kind = type.identifierKind
      else { continue }
      let isIdentity =
        (record.kind == .businessLicence && kind == .socialCreditCode && place == 0)
        || (record.kind == .identityCard && record.number == nil && place == 0)
      judge(kind, code, "holders[\(place)].code", isIdentity: isIdentity)
    }
  }

  private mutating func checkDates() {
    if let from = record.validFrom, let to = record.validTo, from > to {
      add(.error, "basic.validTo", "date-order", "the validity ends before it starts")
    }
    if let issued = record.issuedDate, let to = record.validTo, issued > to {
      add(.warning, "basic.validTo", "date-order", "the validity ends before the certificate was issued")
    }
    if record.isLongTerm, record.validTo != nil {
      add(.warning, "basic.longTerm", "contradiction", "valid without end, and yet an end is given")
    }
    if let established = record.specific.date(.establishedDate), let issued = record.issuedDate,
      established > issued
    {
      add(.warning, "specific.establishedDate", "date-order", "issued before the company was established")
    }
    if let from = record.specific.date(.landUseFrom), let to = record.specific.date(.landUseTo), from > to {
      add(.error, "specific.landUseTo", "date-order", "the use of the land ends before it starts")
    }
    if let today, let issued = record.issuedDate, issued > today {
      add(.warning, "basic.issuedDate", "future-date", "issued in the future")
    }
  }

  /// What the citizen number says and what the card says must agree.
  private mutating func checkIdentityCard() {
    guard record.kind == .identityCard, let number = record.number ?? record.holders.first?.text(.holderCode)
    else { return }
    let report = Identifier.inspect(.citizenNumber, number)
    guard report.isValid else { return }
    if let born = record.specific.date(.birthDate), let said = report.part("birthDate"),
      born.description != said
    {
      add(.warning, "specific.birthDate", "contradiction", "the citizen number gives another date of birth")
    }
    if let sex = record.specific.text(.sex), let said = report.part("sex"),
      (sex == "1" && said == "female") || (sex == "2" && said == "male")
    {
      add(.warning, "specific.sex", "contradiction", "the citizen number gives the other sex")
    }
  }

  private mutating func add(
    _ severity: RecordProblem.Severity, _ path: String, _ code: String, _ message: String
  ) {
    problems.append(RecordProblem(severity, path, code, message))
  }
}
