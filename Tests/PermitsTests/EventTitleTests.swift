import Applications
import Calendars
import Permits
import Testing

/// What people read for the names of events.
@Suite struct EventTitleTests {
  /// A name without a title stands for itself, in Chinese too.
  @Test func everyEventHasAChineseName() {
    let names = PermitEvent.allCases.map(\.rawValue) + ProcessEvent.allCases.map(\.rawValue)
    #expect(names.filter { EventTitle.chinese($0).unicodeScalars.allSatisfy(\.isASCII) } == [])
    #expect(EventTitle.chinese("withdrawn") == "撤件" && EventTitle.chinese("recalled") == "撤回")
    #expect(EventTitle.chinese("not-accepted") == "不受理")
  }
}
