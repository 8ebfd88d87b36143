import CEvent
import Crypto
import Glibc
import Synchronization

/// The only way to the event thread: messages from tasks, and a descriptor that wakes the thread.
final class Mailbox: Sendable {
  enum Message: Sendable {
    case respond(PendingRequest, HTTPServerResponse)
    case beginStream(PendingRequest, HTTPServerResponse, HTTPBodyWriter)
    case streamBytes(PendingRequest, [UInt8])
    case endStream(PendingRequest, isWhole: Bool)
    case replaceTLS(TLSServerContext)
    /// Stop accepting, let what is under way finish.
    case stop
    /// Stop now.
    case cancel
  }

  let descriptor: Int32
  private let messages = Mutex<[Message]>([])

  init() throws(HTTPServiceError) {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else {
      throw HTTPServiceError(.resources, "No descriptor for the event thread: raise the limit on open files.")
    }
  }

  deinit {
    Glibc.close(descriptor)
  }

  func post(_ message: Message) {
    let wasEmpty = messages.withLock { messages in
      messages.append(message)
      return messages.count == 1
    }
    // A write fails only when the counter is full, and then the thread is awake anyway.
    if wasEmpty { eventfd_write(descriptor, 1) }
  }

  /// Everything posted so far, in order.
  func take() -> [Message] {
    var count: eventfd_t = 0
    unsafe eventfd_read(descriptor, &count)
    return messages.withLock { messages in
      let taken = messages
      messages = []
      return taken
    }
  }
}
