import TestSupport
import Testing

@testable import HTTPTransport

@Suite struct AdmissionQueueTests {
  @Test func routesTakeTurns() {
    var queue = AdmissionQueue<String>(maxActive: 10, maxActivePerRoute: 3)
    for number in 1...4 { queue.append("slow\(number)", route: "slow") }
    queue.append("fast1", route: "fast")
    var order: [String] = []
    while let (element, _) = queue.next() { order.append(element) }
    #expect(order == ["slow1", "fast1", "slow2", "slow3"])
    #expect(queue.active == 4 && queue.waiting == 1 && !queue.hasNext)
    queue.release(route: "slow")
    #expect(queue.next()?.element == "slow4")
  }

  @Test func aFullRouteDoesNotHoldUpOthers() {
    var queue = AdmissionQueue<Int>(maxActive: 2, maxActivePerRoute: 1)
    queue.append(1, route: "a")
    queue.append(2, route: "a")
    queue.append(3, route: "b")
    #expect(queue.next()?.element == 1)
    #expect(queue.next()?.element == 3)
    queue.append(4, route: "c")
    #expect(queue.next() == nil)
    queue.release(route: "b")
    #expect(queue.next()?.element == 4)
  }

  @Test func removedElementsDoNotComeUp() {
    var queue = AdmissionQueue<Int>(maxActive: 5, maxActivePerRoute: 5)
    for number in 0..<6 { queue.append(number, route: number.isMultiple(of: 2) ? "even" : "odd") }
    #expect(queue.removeWaiting { $0.isMultiple(of: 2) }.sorted() == [0, 2, 4])
    #expect(queue.waiting == 3)
    var order: [Int] = []
    while let (element, _) = queue.next() { order.append(element) }
    #expect(order == [1, 3, 5])
    queue.append(7, route: "even")
    #expect(queue.next()?.element == 7)
  }

  /// Against a model that keeps everything in plain lists.
  @Test(arguments: 1...20) func limitsAndOrderHold(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var queue = AdmissionQueue<Int>(maxActive: 7, maxActivePerRoute: 3)
    var waiting: [String: [Int]] = [:]
    var active: [String: Int] = [:]
    var serial = 0
    for _ in 0..<3000 {
      let route = "r\(Int.random(in: 0..<5, using: &random))"
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        queue.append(serial, route: route)
        waiting[route, default: []].append(serial)
        serial += 1
      case 4..<7:
        let total = active.values.reduce(0, +)
        let isPossible =
          total < 7 && waiting.contains { !$0.value.isEmpty && active[$0.key, default: 0] < 3 }
        guard let (element, name) = queue.next() else {
          #expect(!isPossible, "somebody could have gone")
          continue
        }
        #expect(waiting[name]?.first == element, "first in line goes first")
        waiting[name]?.removeFirst()
        active[name, default: 0] += 1
        #expect(active[name, default: 0] <= 3 && total < 7)
      case 7..<9:
        guard active[route, default: 0] > 0 else { continue }
        queue.release(route: route)
        active[route, default: 0] -= 1
      default:
        let victims = queue.removeWaiting { $0 % 11 == 3 }
        var expected: [Int] = []
        for (name, line) in waiting {
          expected += line.filter { $0 % 11 == 3 }
          waiting[name] = line.filter { $0 % 11 != 3 }
        }
        #expect(victims.sorted() == expected.sorted())
      }
      #expect(queue.active == active.values.reduce(0, +))
      #expect(queue.waiting == waiting.values.reduce(0) { $0 + $1.count })
    }
  }
}
