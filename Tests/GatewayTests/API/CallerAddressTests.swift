import HTTPService
import HTTPTransport
import Testing

@testable import GatewayAPI

/// Whose word is taken for where a request comes from.
@Suite struct CallerAddressTests {
  private static let proxies = ["10.0.0.0/8", "::1"].compactMap { AddressBlock($0) }

  private static func address(_ peer: String, _ forwarded: [String]) -> String {
    var request = HTTPServerRequest(method: "POST", path: "/inbound/a/b", remoteAddress: peer)
    for value in forwarded { request.headers.append("X-Forwarded-For", value) }
    return CallerAddress.of(request, behind: proxies)
  }

  @Test(arguments: [
    ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
    ("10.0.0.2", ["198.51.100.1"], "198.51.100.1"), ("10.0.0.2", [], "10.0.0.2"),
    // What the client has written itself stands before what the proxy has added.
    ("10.0.0.2", ["192.0.2.1, 198.51.100.1"], "198.51.100.1"),
    ("10.0.0.2", ["192.0.2.1", "198.51.100.1"], "198.51.100.1"),
    // Two proxies, one behind the other.
    ("10.0.0.2", ["192.0.2.1, 198.51.100.1, 10.1.0.9"], "198.51.100.1"), ("::1", ["10.1.0.9"], "10.1.0.9"),
    ("10.0.0.2", [" 198.51.100.1:4711 "], "198.51.100.1"), ("10.0.0.2", ["[2001:db8::7]:443"], "2001:db8::7"),
    ("10.0.0.2", ["2001:db8::7"], "2001:db8::7"),
    // What is no address says nothing.
    ("10.0.0.2", ["198.51.100.1, unknown"], "10.0.0.2"), ("10.0.0.2", ["10.0.0.0/8"], "10.0.0.2"),
    ("10.0.0.2", [""], "10.0.0.2"), ("10.0.0.2", ["198.51.100.1,"], "10.0.0.2"),
  ])
  func onlyProxiesOfTheSiteAreBelieved(_ peer: String, _ forwarded: [String], _ address: String) {
    #expect(Self.address(peer, forwarded) == address)
  }

  @Test func withoutProxiesNobodyIsBelieved() {
    var request = HTTPServerRequest(method: "POST", path: "/", remoteAddress: "127.0.0.1")
    request.headers.append("X-Forwarded-For", "198.51.100.1")
    #expect(CallerAddress.of(request, behind: []) == "127.0.0.1")
  }
}
