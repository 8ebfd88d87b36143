import CivilTime
import Testing

@Suite struct HTTPDateTests {
  static let moment = Timestamp(iso8601: "1994-11-06T08:49:37Z")

  @Test(arguments: [
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
  ])
  func readsTheThreeForms(_ text: String) {
    #expect(Timestamp(httpDate: text, near: .seconds(800_000_000)) == Self.moment)
  }

  @Test func yearsOfTwoDigitsAreNear() {
    let now = Timestamp(iso8601: "2026-03-04T00:00:00Z")!
    func year(_ digits: String) -> Int? {
      Timestamp(httpDate: "Sunday, 06-Nov-\(digits) 08:49:37 GMT", near: now)?
        .civil(offsetSeconds: 0).date.year
    }
    #expect(year("26") == 2026 && year("76") == 2076 && year("77") == 1977 && year("00") == 2000)
  }

  @Test(arguments: [
    "", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 19940 08:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
  ])
  func otherTextsAreRefused(_ text: String) {
    #expect(Timestamp(httpDate: text, near: .seconds(800_000_000)) == nil)
  }

  @Test func aLeapSecondIsTheOneBeforeIt() {
    #expect(
      Timestamp(httpDate: "Sat, 31 Dec 2016 23:59:60 GMT", near: .seconds(1_500_000_000))
        == Timestamp(iso8601: "2016-12-31T23:59:59Z"))
  }
}
