import Synchronization

/// What the event thread and the handlers' tasks have in common.
final class ServerState: Sendable {
  let configuration: HTTPServerConfiguration
  let listeningSocket: ListeningSocket
  let mailbox: Mailbox
  let queue: RequestQueue
  private let statistics = Mutex(HTTPServerStatistics())

  init(_ configuration: HTTPServerConfiguration) throws(HTTPServiceError) {
    self.configuration = configuration
    listeningSocket = try ListeningSocket(host: configuration.host, port: configuration.port)
    mailbox = try Mailbox()
    queue = RequestQueue(capacity: configuration.limits.waitingRequests)
  }

  var counts: HTTPServerStatistics { statistics.withLock { $0 } }

  func count(_ change: (inout HTTPServerStatistics) -> Void) {
    statistics.withLock { change(&$0) }
  }

  func report(_ error: HTTPServiceError) {
    configuration.problem(error)
  }
}
