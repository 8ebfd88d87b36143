/// A request's line and header fields, checked so far that only one reading of them is possible.
struct RequestHead: Sendable {
  /// How the body is delimited (RFC 9112 §6).
  enum Framing: Hashable, Sendable {
    case none
    case length(Int)
    case chunked
  }

  var method: String
  /// As on the wire, beginning with "/" (or "*" for OPTIONS).
  var path: String
  /// As on the wire, without the question mark; empty if there is none.
  var query: String
  var minorVersion: Int
  var fields: HTTPFields
  var framing: Framing
  var keepAlive: Bool
  var expectsContinue: Bool
}
