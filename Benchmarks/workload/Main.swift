import Glibc

/// What `Benchmarks/reliability` has done by the gateway's own targets.
///
///     workload verify ENTRIES FOLDER
///     workload queries EXCHANGES FOLDER
///     workload repeat CONFIGURATION PLATFORM/OPERATION COUNT
///     workload permits CASES FOLDER ADAPTERS
///     workload orders ORDERS FOLDER ADAPTERS
///     workload push-worker CONFIGURATION NUMBER load|drain|fill
@main
enum Main {
  static func main() async throws {
    let words = Array(CommandLine.arguments.dropFirst())
    if words.count == 3, let count = Int(words[1]), count > 0 {
      switch words[0] {
      case "verify": return try await Verification.run(entries: count, folder: words[2])
      case "queries": return try await Queries.run(exchanges: count, folder: words[2])
      default: break
      }
    }
    if words.count == 4, words[0] == "repeat", let count = Int(words[3]), count > 0 {
      return try await Repetition.run(configuration: words[1], words[2], count: count)
    }
    if words.count == 4, let count = Int(words[1]), count > 0 {
      switch words[0] {
      case "permits": return try await PermitCases.run(cases: count, folder: words[2], adapters: words[3])
      case "orders": return try await Orders.run(orders: count, folder: words[2], adapters: words[3])
      default: break
      }
    }
    if words.count == 4, words[0] == "push-worker", let number = Int(words[2]),
      let mode = PushWorker.Mode(rawValue: words[3])
    {
      return try await PushWorker.run(configuration: words[1], number: number, mode: mode)
    }
    print(
      """
      usage: workload verify|queries COUNT FOLDER
             workload repeat CONFIGURATION PLATFORM/OPERATION COUNT
             workload permits|orders COUNT FOLDER ADAPTERS
             workload push-worker CONFIGURATION NUMBER load|drain|fill
      """)
    exit(2)
  }
}
