import Synchronization

/// Platforms that are asked at the same time, each once.
final class SupplyPanel: Sendable {
  /// Questions under way, by number.
  private let open = Mutex<(next: Int, tasks: [Int: Task<Void, Never>])>((0, [:]))

  /// Asks, and says how far they are when all have answered or the time is over.
  ///
  /// The questions go on when nobody waits any more: their answers are paid for, and belong into the registry. Who asks the same then joins them.
  ///
  /// - Parameter sleep: of a clock that never runs back; ends early when its task is cancelled.
  func ask(
    _ questions: SupplyQuestions, _ asker: SupplyAsker, within budget: Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) async -> [SupplyAsking] {
    let board = Board(questions)
    let (end, announce) = AsyncStream<Never>.makeStream()
    let task = Task {
      await withTaskGroup { group in
        for (place, one) in questions.all.enumerated() {
          group.addTask {
            board.settle(place, await one.source.ask(SupplyQuestion(texts: one.texts, asker: asker)))
          }
        }
      }
      announce.finish()
    }
    let number = open.withLock { open in
      open.next += 1
      open.tasks[open.next] = task
      return open.next
    }
    Task {
      await task.value
      open.withLock { _ = $0.tasks.removeValue(forKey: number) }
    }
    await withTaskGroup { group in
      group.addTask { for await _ in end {} }
      group.addTask {
        do { try await sleep(budget) } catch { return }
      }
      await group.next()
      group.cancelAll()
    }
    return board.askings
  }

  /// Breaks off what nobody waits for any more, and returns when it has ended.
  func close() async {
    let tasks = open.withLock { Array($0.tasks.values) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  private final class Board: Sendable {
    private let state: Mutex<[SupplyAsking]>

    init(_ questions: SupplyQuestions) {
      state = Mutex(questions.all.map { SupplyAsking($0.source, .pending) })
    }

    var askings: [SupplyAsking] { state.withLock { $0 } }

    func settle(_ place: Int, _ new: SupplyAsking.State) {
      state.withLock { $0[place].state = new }
    }
  }
}
