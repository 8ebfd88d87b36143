extension Timestamp {
  /// A date of HTTP (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. Of the two obsolete forms, `Sunday, 06-Nov-94 08:49:37 GMT` and
  /// `Sun Nov  6 08:49:37 1994`, both are read too, as servers still may send them. The name of the day is not compared.
  ///
  /// - Parameter century: the year of which two digits stand for the nearest one, not more than 50 years ahead of it.
  public init?(httpDate text: String, near century: Timestamp) {
    let words = text.split(separator: " ").map(String.init)
    let fields: (day: String, month: String, year: String, time: String)
    switch words.count {
    case 6 where words[0].hasSuffix(",") && words[5] == "GMT":
      fields = (words[1], words[2], words[3], words[4])
    case 4 where words[0].hasSuffix(",") && words[3] == "GMT":
      let date = words[1].split(separator: "-").map(String.init)
      guard date.count == 3, date[2].utf8.count == 2 else { return nil }
      fields = (date[0], date[1], date[2], words[2])
    case 5: fields = (words[2], words[1], words[4], words[3])
    default: return nil
    }
    let time = fields.time.split(separator: ":", omittingEmptySubsequences: false)
    guard let month = Timestamp.months.firstIndex(of: fields.month), time.count == 3,
      time.allSatisfy({ $0.utf8.count == 2 }), let day = Timestamp.number(fields.day),
      let hour = Timestamp.number(time[0]), let minute = Timestamp.number(time[1]),
      let second = Timestamp.number(time[2]), var year = Timestamp.number(fields.year)
    else { return nil }
    if fields.year.utf8.count == 2 {
      let now = century.civil(offsetSeconds: 0).date.year
      year += now / 100 * 100
      if year > now + 50 { year -= 100 }
    }
    // A leap second counts as the one before it.
    guard let date = CivilDate(year: year, month: month + 1, day: day), second <= 60,
      let civil = CivilDateTime(date: date, hour: hour, minute: minute, second: min(second, 59))
    else { return nil }
    self = civil.timestamp(offsetSeconds: 0)
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Digits only: `Int` would take signs as well.
  private static func number(_ text: some StringProtocol) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text)
  }
}
