import CivilTime
import Documents
import Gateway
import GatewayAPI
import SQLDatabase
import Supply

/// How long it takes to count all orders of a year, and to look for those behind a figure, as the calls of the interface do: counted, and written as JSON.
enum Orders {
  private static let runs = 7
  /// So many are on a page, unless somebody says.
  private static let page = 100

  /// - Parameter adapters: the folder with the policies.
  static func run(orders: Int, folder: String, adapters: String) async throws {
    let site = try await OrderSite(folder: folder, adapters: adapters)
    let filled = try await Timing.median(of: 1) { try await site.fill(orders: orders) }
    let desk = IndicatorDesk(site.database, site.keys, site.permits)
    let now = OrderSite.now.timestamp(offsetSeconds: UTCOffset.china)
    let query = IndicatorQuery(
      from: CivilMonth(now.advanced(bySeconds: -OrderSite.days * 86_400)), through: CivilMonth(now))
    var counted = 0
    func list() async throws {
      let report = try await desk.report(query, at: now)
      counted = report.orders
      var writer = JSONWriter()
      writer.object { IndicatorWriter.writeMembers(report, query, to: &$0) }
    }
    let figures = try await Timing.median(of: runs, list)
    let processor = try await Timing.processorSeconds(list)
    let cases = try await site.database.read { try $0.int("SELECT count(*) FROM permit_case") }
    // All orders are looked at where none is found; of those that people look for there is soon a page.
    let never: [(Indicator, OrderOutcome)] = [
      (.onlineApplications, .outside), (.sharedCertificates, .enteredLate), (.sharedPermits, .enteredLate),
      (.limit("whole"), .outside),
    ]
    var (search, first) = (0.0, 0.0)
    for (indicator, outcome) in never {
      func show(_ outcome: OrderOutcome) async throws -> Int {
        let (found, _) = try await desk.orders(
          of: indicator, query, outcomes: [outcome], limit: page, at: now)
        var writer = JSONWriter()
        writer.array { writer in
          for order in found { writer.object { IndicatorWriter.writeMembers(order, to: &$0) } }
        }
        return found.count
      }
      let none = try await Timing.median(of: runs) {
        let found = try await show(outcome)
        precondition(found == 0, "an order is \(outcome) for \(indicator.word)")
      }
      search = max(search, none)
      first = max(first, try await Timing.median(of: runs) { _ = try await show(.countsNot) })
    }
    await site.database.close()
    print(
      #"{"orders":\#(counted),"cases":\#(cases),"fillSeconds":\#(filled),"figuresSeconds":\#(figures),"#
        + #""figuresProcessorSeconds":\#(processor),"searchSeconds":\#(search),"pageSeconds":\#(first)}"#)
  }
}
