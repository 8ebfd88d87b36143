import Documents
import HTTPService

/// What a platform itself does with a request: a pure answer in bytes. Faults of the wire, counting and sockets are
/// the business of ``PlatformHost``.
protocol PlatformCore: Sendable {
  var name: String { get }
  var title: String { get }
  /// The operations that calls are counted under and faults are aimed at.
  var operations: [String] { get }
  /// The operation a request means; `other` for what the platform does not know.
  func operation(of request: HTTPServerRequest) -> String
  func answer(_ request: HTTPServerRequest, distortion: PageDistortion) -> Reply
  /// Whether answering does something that stays.
  func hasEffect(_ operation: String) -> Bool
  /// Ends the secrets that requests are signed with; with `all` also those that new ones are fetched with, as a
  /// platform does that was restarted.
  func expireSecrets(all: Bool)
  /// The platform's own way to say no.
  func refusal(_ kind: RefusalKind) -> Reply
}

extension PlatformCore {
  func hasEffect(_ operation: String) -> Bool { false }
}

/// Refusals that faults ask for.
enum RefusalKind {
  case credentials, quota
  /// Something in the request is not as the platform wants it.
  case request
}

/// A platform's answer before anything happens to it on the way.
struct Reply {
  var status = 200
  var contentType: String
  var headers: [(String, String)] = []
  var body: [UInt8]
  /// The platform's own code, for the counts.
  var code: String
  var isSuccess: Bool
  /// Rows delivered.
  var rows = 0
}

/// How the rows of one page are to be wrong.
struct PageDistortion: Equatable {
  var poison: Poison?
  /// No rows although the declared total says there are.
  var isEmptied = false
  /// The page before is delivered again.
  var repeatsPrevious = false
  /// A submission is answered as one that had come before.
  var answersAsRepeated = false

  static let none = PageDistortion()
}

/// Why a request is refused, in the platform's own words. Thrown by checks, turned into a reply by the platform.
struct Refusal: Error {
  let code: String
  let message: String
  var status = 200

  init(_ code: some RawRepresentable<String>, _ message: String, status: Int = 200) {
    self.code = code.rawValue
    self.message = message
    self.status = status
  }
}
