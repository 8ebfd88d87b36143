import Exchanges
import Gateway
import Journal
import Telemetry

/// Makes many exchanges of those that an operation has really had: the same messages, journaled again.
enum Repetition {
  private static let portion = 500

  /// - Parameters:
  ///   - operation: as `PLATFORM/OPERATION`.
  ///   - count: how many of it there are at the end.
  static func run(configuration file: String, _ operation: String, count: Int) async throws {
    let words = operation.split(separator: "/").map(String.init)
    guard words.count == 2 else { fatalError("'\(operation)' is no PLATFORM/OPERATION") }
    let gateway = try await Gateway.open(
      try Sites.configuration(file), environment: [:], components: PullStation.components, log: .silent)
    let filter = ExchangeFilter(
      platform: words[0], operation: words[1], outcome: .succeeded, order: .oldestFirst, limit: count)
    var exchanges: [Exchange] = []
    for summary in try await gateway.journal.list(filter) {
      exchanges.append(try await gateway.journal.exchange(summary.id))
    }
    guard !exchanges.isEmpty else { fatalError("the journal has no exchange of \(operation)") }
    var made = exchanges.count
    while made < count {
      let next = (made..<min(count, made + portion)).map { exchanges[$0 % exchanges.count] }
      made += try await gateway.journal.record(next).count
    }
    await gateway.close()
    print(#"{"exchanges":\#(made)}"#)
  }
}
