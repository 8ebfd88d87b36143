/// Removes secrets from what the journal keeps: the values of the named headers and query parameters, and any user
/// name and password in an address. Names stay, so that a reader sees what was sent.
public struct Redaction: Sendable {
  /// Stands where a secret value stood.
  public static let mark = "REDACTED"

  /// Headers that carry credentials by the rules of HTTP itself, whatever the adapter says.
  public static let alwaysSecretHeaders = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key",
  ]

  private let headerNames: Set<String>
  private let queryNames: Set<String>

  /// Names compare without case. ``alwaysSecretHeaders`` are secret in addition to those given.
  public init(headerNames: some Sequence<String>, queryNames: some Sequence<String>) {
    self.headerNames = Set(headerNames.map { $0.lowercased() }).union(Redaction.alwaysSecretHeaders)
    self.queryNames = Set(queryNames.map { $0.lowercased() })
  }

  public func redact(_ headers: [ExchangeHeader]) -> [ExchangeHeader] {
    headers.map { header in
      guard headerNames.contains(header.name.lowercased()) else { return header }
      return ExchangeHeader(name: header.name, value: Redaction.mark)
    }
  }

  /// Also serves a query alone (`?a=1&b=2`). A parameter is found under its decoded name, in the query and in the
  /// fragment alike; what cannot be decoded is compared as written.
  public func redact(address: String) -> String {
    let bytes = Array(address.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    let parametersStart =
      bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? bytes.count
    appendWithoutUser(bytes[..<parametersStart], to: &result)

    var index = parametersStart
    while index < bytes.count {
      // The delimiter before the parameter, then the parameter itself.
      result.append(bytes[index])
      let start = index + 1
      let end = bytes[start...].firstIndex(where: Redaction.delimits) ?? bytes.count
      appendParameter(bytes[start..<end], to: &result)
      index = end
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func delimits(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "#"), UInt8(ascii: "?"): true
    default: false
    }
  }

  private func appendParameter(_ parameter: ArraySlice<UInt8>, to result: inout [UInt8]) {
    guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")),
      queryNames.contains(Redaction.decoded(parameter[..<equals]).lowercased())
    else {
      result += parameter
      return
    }
    result += parameter[...equals]
    result += Redaction.mark.utf8
  }

  /// `https://user:password@host/…` loses everything between `//` and the last `@` of the authority.
  private func appendWithoutUser(_ bytes: ArraySlice<UInt8>, to result: inout [UInt8]) {
    let slash = UInt8(ascii: "/")
    var authorityStart: Int?
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex {
      if bytes[index] == slash, bytes[index + 1] == slash {
        authorityStart = index + 2
        break
      }
      index += 1
    }
    guard let authorityStart else {
      result += bytes
      return
    }
    let authorityEnd = bytes[authorityStart...].firstIndex(of: slash) ?? bytes.endIndex
    guard let at = bytes[authorityStart..<authorityEnd].lastIndex(of: UInt8(ascii: "@")) else {
      result += bytes
      return
    }
    result += bytes[..<authorityStart]
    result += Redaction.mark.utf8
    result += bytes[at...]
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
        let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
