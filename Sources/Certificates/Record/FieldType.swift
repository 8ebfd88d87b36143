/// What a field holds, and so which ``FieldValue`` it accepts.
public enum FieldType: Hashable, Sendable {
  case text
  /// Several texts in the order the platform gives.
  case texts
  case date
  /// A moment, not a day: when a platform changed a row.
  case timestamp
  /// A number in its canonical written form (``DecimalText``), in the given unit.
  case decimal(MeasureUnit)
  case flag
  /// A code of the list, as text.
  case code(CodeList)
  /// An identifier in its normal form, as text.
  case identifier(IdentifierKind)
}

/// The unit a decimal field is kept in; mappings convert what platforms write.
public enum MeasureUnit: String, CaseIterable, Hashable, Sendable {
  case squareMetre = "㎡"
  case metre = "m"
  case tenThousandYuan = "万元"
  case kilowatt = "kW"
  /// A number of things.
  case count = "个"
}

/// How a field is hidden from somebody who may see that a certificate exists, but not whose papers these are.
public enum MaskRule: Hashable, Sendable {
  /// Shown as it is.
  case open
  /// A name: of a person 张*, of an organisation as it is.
  case holderName
  /// A person's name, whoever the holder is.
  case personName
  /// A code of a person 3204**********1234, of an organisation as it is.
  case holderCode
  /// 138****1234.
  case phone
  /// Kept down to the street: 常州市新北区通江路***.
  case address
  /// A number that leads to a person or a home: its beginning and end are kept.
  case number
  /// Nothing is shown but that there is something.
  case hidden

  /// Whether a field under this rule tells who somebody is, and has to be sealed when it is stored.
  public var identifiesPerson: Bool { self != .open }
}
