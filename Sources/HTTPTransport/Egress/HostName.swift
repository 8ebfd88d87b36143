/// A host in the one form rules are compared in and connections are made with: lower-case ASCII, no trailing
/// dot, internationalised names as `xn--…`, addresses in their canonical spelling.
struct HostName: Hashable, Sendable {
  /// Without brackets.
  let text: String
  /// Set when the host is an address and not a name.
  let address: NetworkAddress?

  /// Reads the host of a URL (`[::1]`, `例子.中国`, `A.GOV.CN.`). Refused: percent-encoding, zones, and addresses in
  /// any spelling but the plain one (`0x7f.1`, `2130706433`, `127.1`), which resolvers read as addresses and rules do not.
  init(parsing written: some StringProtocol) throws(TransportError) {
    let name = String(written)
    if name.utf8.first == 0x5B {
      guard name.utf8.last == 0x5D, name.utf8.contains(0x3A),
        let address = NetworkAddress(String(name.dropFirst().dropLast()))
      else {
        throw .invalidURL(
          "the IPv6 address is not valid", remedy: "Write it as [2001:db8::1], without a zone.")
      }
      self.init(address: address)
      return
    }
    var ascii = name.utf8.allSatisfy { $0 < 0x80 } ? name : try IDN.ascii(name)
    if ascii.utf8.last == 0x2E { ascii.removeLast() }
    ascii = ascii.lowercased()
    try Self.checkName(ascii)
    guard let last = ascii.split(separator: ".").last, Self.looksNumeric(last) else {
      self.init(text: ascii, address: nil)
      return
    }
    guard let address = NetworkAddress(ascii), address.text == ascii else {
      throw .invalidURL(
        "the host looks like an address in an unusual spelling",
        remedy: "Write an IPv4 address as four decimal numbers.")
    }
    self.init(address: address)
  }

  private init(text: String, address: NetworkAddress?) {
    self.text = text
    self.address = address
  }

  init(address: NetworkAddress) {
    self.init(text: address.text, address: address)
  }

  /// As it stands in a URL.
  var urlText: String {
    address.map { $0.isIPv6 } ?? false ? "[\(text)]" : text
  }

  private static func checkName(_ name: String) throws(TransportError) {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let isWritten = name.utf8.allSatisfy {
      ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
    }
    guard isWritten, name.utf8.count <= 253, !name.isEmpty,
      labels.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 63 })
    else {
      throw .invalidURL(
        "the host is empty or has characters a host name cannot have",
        remedy: "Write a plain host name; internationalised names may be written as they are or as xn--….")
    }
  }

  /// The WHATWG rule: a host whose last label is a number is an address.
  private static func looksNumeric(_ label: Substring) -> Bool {
    let bytes = label.utf8
    if bytes.allSatisfy({ ASCII.isDigit($0) }) { return true }
    return (label.hasPrefix("0x")) && bytes.dropFirst(2).allSatisfy { ASCII.isHexDigit($0) }
  }
}
