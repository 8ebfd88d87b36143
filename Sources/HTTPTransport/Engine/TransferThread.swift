internal import CCurl
import Glibc

/// The one thread of a client. It holds the mailbox and the loop, never the client, so a client that is let go
/// ends it.
enum TransferThread {
  private final class Start {
    let loop: TransferLoop
    let mailbox: Mailbox

    init(loop: TransferLoop, mailbox: Mailbox) {
      self.loop = loop
      self.mailbox = mailbox
    }
  }

  static func start(configuration: HTTPClient.Configuration, mailbox: Mailbox) throws(TransportError) {
    CurlLibrary.prepare()
    guard let multi = unsafe curl_multi_init() else { throw failed("curl gives no multi handle") }
    // Our own queue limits what is in progress; these only bound what is kept.
    unsafe zd_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maxConnections)
    unsafe zd_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    let loop = unsafe TransferLoop(configuration: configuration, mailbox: mailbox, multi: multi)
    unsafe mailbox.open(Bell(multi))
    let start = unsafe Unmanaged.passRetained(Start(loop: loop, mailbox: mailbox))
    guard unsafe create(start.toOpaque()) == 0 else {
      mailbox.forgetThread()
      unsafe start.release()
      throw failed("the system gives no thread")
    }
  }

  /// The thread starts with every signal blocked: signals are for the program's own threads, and a connection
  /// closed by the other side must not raise SIGPIPE.
  private static func create(_ argument: UnsafeMutableRawPointer) -> Int32 {
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    return unsafe pthread_create(
      &thread, &attributes,
      { argument in
        unsafe TransferThread.main(argument)
        return nil
      }, argument)
  }

  private static func main(_ argument: UnsafeMutableRawPointer?) {
    guard let argument = unsafe argument else { preconditionFailure("the transfer thread has no argument") }
    unsafe zd_name_thread("http-transport")
    let mailbox: Mailbox
    do {
      let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
      mailbox = start.mailbox
      start.loop.run()
      // The loop goes here, and with it curl's handles and connections, before anybody is told it is over.
    }
    mailbox.end()
  }

  private static func failed(_ message: String) -> TransportError {
    TransportError(
      code: .internalFailure, message: message, remedy: "Check the memory and thread limits of the process.")
  }
}
