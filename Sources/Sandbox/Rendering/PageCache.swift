import Synchronization

/// The rows of recently served pages, ready to be sent again. Bounded in bytes, the oldest page goes first, so
/// memory stays flat however much is pulled.
final class PageCache: Sendable {
  struct Key: Hashable {
    let dataSet: String
    let from: Int
    let offset: Int
    let limit: Int
    /// Rows in the window and changes that happened: together they tell one state of the data set from another.
    let total: Int
    let moved: Int
  }

  private struct State {
    var pages: [Key: [UInt8]] = [:]
    var order: [Key] = []
    var oldest = 0
    var bytes = 0
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) {
    self.capacity = capacity
  }

  func page(_ key: Key) -> [UInt8]? {
    state.withLock { $0.pages[key] }
  }

  func keep(_ page: [UInt8], for key: Key) {
    guard page.count <= capacity / 4 else { return }
    state.withLock { state in
      guard state.pages[key] == nil else { return }
      state.pages[key] = page
      state.order.append(key)
      state.bytes += page.count
      while state.bytes > capacity, state.oldest < state.order.count {
        let key = state.order[state.oldest]
        state.oldest += 1
        state.bytes -= state.pages.removeValue(forKey: key)?.count ?? 0
      }
      if state.oldest > 1024 {
        state.order.removeFirst(state.oldest)
        state.oldest = 0
      }
    }
  }

  var bytes: Int { state.withLock { $0.bytes } }
}
