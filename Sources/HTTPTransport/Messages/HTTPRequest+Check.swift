extension HTTPRequest {
  /// Field names the transport writes itself, or that would change how the message is framed or routed.
  private static let reservedHeaders: Set<String> = [
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  /// Refuses whatever could end a line early, frame the message differently or name another server.
  func check() throws(TransportError) {
    try checkMethod()
    for header in headers { try Self.check(header) }
    if body != nil && method == "HEAD" {
      throw .invalidRequest("a HEAD request has no body", remedy: "Remove the body or use another method.")
    }
    if maxResponseBytes < 0 || maxHeaderBytes <= 0 || maxHeaderCount <= 0 {
      throw .invalidRequest("a size limit is negative or zero", remedy: "Set a positive limit.")
    }
    try timeouts.check()
    try tls.check()
    try proxy?.check()
  }

  private func checkMethod() throws(TransportError) {
    let bytes = method.utf8
    guard !bytes.isEmpty, bytes.count <= 32, bytes.allSatisfy({ ASCII.isToken($0) }) else {
      throw .invalidRequest("the method is not a token", remedy: "Write a method such as GET or POST.")
    }
    guard !bytes.contains(where: { ASCII.lowercase($0) == $0 && ASCII.isLetter($0) }) else {
      throw .invalidRequest("the method has lower-case letters", remedy: "Write it in upper case.")
    }
    guard method != "CONNECT" && method != "TRACE" else {
      throw .invalidRequest("the method \(method) is not available", remedy: "Use another method.")
    }
  }

  private static func check(_ header: HTTPHeader) throws(TransportError) {
    guard !header.name.isEmpty, header.name.utf8.allSatisfy({ ASCII.isToken($0) }) else {
      throw .invalidRequest(
        "a header name is empty or has characters a name cannot have",
        remedy: "Use letters, digits, '-' and '_' in header names.")
    }
    guard !header.value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else {
      throw .invalidRequest(
        "the value of header \(header.name) has a line break or another control character",
        remedy: "Encode the value (Base64, percent-encoding) before it becomes a header.")
    }
    guard !reservedHeaders.contains(header.name.lowercased()) else {
      throw .invalidRequest(
        "the header \(header.name) is written by the transport",
        remedy: "Remove it; the host comes from the URL, the length from the body.")
    }
  }
}
