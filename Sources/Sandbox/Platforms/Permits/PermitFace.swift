import CivilTime
import HTTPService

/// A platform that keeps permit cases.
protocol PermitHolder: Sendable {
  var name: String { get }
  var cases: PermitCases { get }
  /// What it calls the states of its cases.
  var words: Set<String> { get }
}

/// How one region's permit window is spoken to: who may, and in what form. What it takes, and what it does with that, is
/// the same for all: ``RegionalWindow``.
protocol PermitFace: Sendable {
  var name: String { get }
  var title: String { get }
  /// Area code in front of the codes of items.
  var area: String { get }
  /// What receipts begin with.
  var prefix: String { get }
  /// What numbers of decisions (文号) begin with.
  var decisions: String { get }
  var settings: [SandboxConnection.Setting] { get }
  /// Calls that are not the window's own, such as one for a token.
  var gates: [String] { get }
  var services: [(name: String, service: PermitService)] { get }
  /// The gate or service that a request means; nil for what is neither.
  func operation(of request: HTTPServerRequest) -> String?
  /// Answers a call of ``gates``; nil for any other.
  func answerGate(_ request: HTTPServerRequest, at now: Timestamp) throws(Refusal) -> Reply?
  /// Sees who it is, then reads what he says.
  func read(_ request: HTTPServerRequest, _ service: PermitService, at now: Timestamp) throws(Refusal)
    -> PermitCall
  /// Fields without which an application is refused, by the names that ``PermitCall/fields`` has.
  func needs(_ item: PermitWindow.Item) -> [String]
  /// - Parameter isFull: with what became of it.
  func reply(_ permit: PermitCase, isRepeated: Bool, isFull: Bool) -> Reply
  func reply(_ refusal: Refusal) -> Reply
  /// - Parameter all: also those that others are fetched with.
  func expireSecrets(all: Bool)
  /// What a caller is told whose secret is no good.
  var noEntry: Refusal { get }
}

extension PermitFace {
  /// The service that is called by its name below a path.
  func service(below path: String, _ request: HTTPServerRequest) -> String? {
    guard request.path.hasPrefix(path) else { return nil }
    let name = request.path.dropFirst(path.count)
    return services.first { $0.name == name }?.name
  }
}

/// A face behind the door of an exchange, whose secrets are fetched.
protocol ExchangeFace: PermitFace {
  var gate: ExchangeGate { get }
}

extension ExchangeFace {
  var gates: [String] { ["refreshappsecret"] }
  var noEntry: Refusal { Refusal(ExchangeGate.Code.secretExpired, "密钥已过期") }

  func answerGate(_ request: HTTPServerRequest, at now: Timestamp) throws(Refusal) -> Reply? {
    request.path == ExchangeGate.path ? try gate.refresh(request.headers, at: now) : nil
  }

  func expireSecrets(all: Bool) { gate.expireSecrets() }
}

/// What a call is for.
enum PermitService: Hashable {
  /// An approval, a promise or a filing, and what the window does with one that comes twice.
  case submit(Repetition)
  case status
  case supplement
  case withdraw

  enum Repetition: Hashable {
    /// The key is known: the first receipt again.
    case known
    /// A case of its own, which can be asked for by the key.
    case queryable
    /// A case of its own, which can be asked for by the window's receipt only: not when it never arrived.
    case neither
  }
}

/// What a caller says, whatever form it came in.
struct PermitCall {
  struct File {
    var kind: String
    var name: String
    var size: String
    var sm3: String
    /// nil where it did not come, or not as it should.
    var bytes: [UInt8]?
  }

  /// The caller's.
  var key = ""
  /// The window's.
  var receipt = ""
  /// 事项编码
  var item = ""
  /// Every text of the message by its place: `sqr.mc`.
  var fields: [String: String] = [:]
  var files: [File] = []
  /// Why it is taken back.
  var reason = ""
}
