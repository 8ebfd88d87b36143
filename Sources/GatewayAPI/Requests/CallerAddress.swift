import HTTPService
import HTTPTransport

/// Where a request comes from.
enum CallerAddress {
  /// The peer's address; that of its client where the peer is a proxy of the site's. Of the addresses in `X-Forwarded-For` each proxy has
  /// added the one that it saw, so they are believed from the last to the first, as long as the one behind is a proxy: whatever
  /// a client has written there itself stands before them.
  static func of(_ request: HTTPServerRequest, behind proxies: [AddressBlock]) -> String {
    var address = request.remoteAddress
    func isProxy(_ address: String) -> Bool { proxies.contains { $0.contains(address) } }
    guard isProxy(address) else { return address }
    let said = request.headers.filter { $0.name.lowercased() == "x-forwarded-for" }
      .flatMap { $0.value.split(separator: ",", omittingEmptySubsequences: false) }
    for entry in said.reversed() {
      // What is no address says nothing: the proxy that wrote it is the last that is known.
      guard let next = numeric(entry) else { break }
      address = next
      guard isProxy(address) else { break }
    }
    return address
  }

  /// Without brackets and port.
  private static func numeric(_ entry: Substring) -> String? {
    var text = entry.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      text = text[text.index(after: text.startIndex)..<end]
    } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
      text = text[..<colon]
    }
    let address = String(text)
    return AddressBlock(address) != nil && !address.contains("/") ? address : nil
  }
}
