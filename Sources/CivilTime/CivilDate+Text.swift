extension CivilDate {
  /// Exactly `yyyy-MM-dd`: ten ASCII bytes, nothing before or after.
  public init?(iso text: String) {
    self.init(iso: text.utf8.span)
  }

  /// Exactly `yyyy-MM-dd`: ten ASCII bytes, nothing before or after.
  public init?(iso bytes: Span<UInt8>) {
    var scanner = DigitScanner()
    guard let date = scanner.date(separator: UInt8(ascii: "-"), in: bytes), scanner.isAtEnd(of: bytes) else {
      return nil
    }
    self = date
  }

  /// Exactly `yyyyMMdd`: eight ASCII digits, nothing before or after.
  public init?(compact text: String) {
    self.init(compact: text.utf8.span)
  }

  /// Exactly `yyyyMMdd`: eight ASCII digits, nothing before or after.
  public init?(compact bytes: Span<UInt8>) {
    var scanner = DigitScanner()
    guard let date = scanner.date(separator: nil, in: bytes), scanner.isAtEnd(of: bytes) else { return nil }
    self = date
  }

  /// `20190417`
  public var compact: String {
    var writer = DigitWriter()
    writer.date(self, separator: nil)
    return writer.text
  }
}

extension CivilDate: CustomStringConvertible {
  /// `2019-04-17`
  public var description: String {
    var writer = DigitWriter()
    writer.date(self, separator: UInt8(ascii: "-"))
    return writer.text
  }
}
