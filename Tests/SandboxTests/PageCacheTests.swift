import CivilTime
import Testing

@testable import Sandbox

struct PageCacheTests {
  private func key(_ offset: Int) -> PageCache.Key {
    PageCache.Key(dataSet: "d", from: 0, offset: offset, limit: 10, total: 100, moved: 0)
  }

  @Test func `the cache stays within its bounds and forgets the oldest`() {
    let cache = PageCache(capacity: 1_000)
    for number in 0..<5_000 {
      cache.keep([UInt8](repeating: UInt8(number & 0xFF), count: 100), for: key(number))
      #expect(cache.bytes <= 1_000)
    }
    #expect(cache.page(key(0)) == nil)
    #expect(cache.page(key(4_999)) == [UInt8](repeating: UInt8(4_999 & 0xFF), count: 100))
    cache.keep([1], for: key(4_999))
    #expect(cache.page(key(4_999))?.count == 100, "a page that is there stays")
    cache.keep([UInt8](repeating: 0, count: 900), for: key(9_999))
    #expect(cache.page(key(9_999)) == nil, "a page that would take it all is not kept")
  }
}

struct ReplayGuardTests {
  @Test func `a word is remembered as long as promised`() {
    let once = ReplayGuard(seconds: 600)
    #expect(once.firstUse(of: "a", at: .seconds(0)))
    #expect(!once.firstUse(of: "a", at: .seconds(600)))
    #expect(once.firstUse(of: "b", at: .seconds(601)))
    #expect(!once.firstUse(of: "a", at: .seconds(602)), "the generation before is still remembered")
    #expect(once.firstUse(of: "c", at: .seconds(1_300)))
    #expect(once.firstUse(of: "a", at: .seconds(1_301)), "forgotten after two generations")
  }
}
