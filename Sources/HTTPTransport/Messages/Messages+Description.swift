// Requests and replies hold people's papers and our secrets. Whatever prints them by accident - a log line, a failed
// expectation, a string interpolation - gets what names nobody.

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String {
    let place: String
    do throws(TransportError) { place = try TransportURL(parsing: url).origin } catch {
      place = "(\(error.code))"
    }
    return "\(method) \(place), \(headers.count) headers, \(body.map { "\($0.count) bytes" } ?? "no body")"
  }

  public var debugDescription: String { description }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String {
    "\(status), \(headers.count) headers, \(body.count) bytes (\(framing.rawValue)) from \(remoteAddress)"
  }

  public var debugDescription: String { description }
}

extension PartialResponse: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String {
    isEmpty
      ? "nothing" : "\(status.map(String.init) ?? "no status"), \(headers.count) headers, \(body.count) bytes"
  }

  public var debugDescription: String { description }
}

extension HTTPHeader: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { "\(name): (\(value.utf8.count) bytes)" }

  public var debugDescription: String { description }
}

extension TLSOptions.ClientCertificate: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String {
    switch self {
    case .pem: "a PEM certificate with its key"
    case .pkcs12: "a PKCS#12 certificate with its key"
    }
  }

  public var debugDescription: String { description }
}

extension ProxyOptions: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { username == nil ? url : "\(url) with a user name" }

  public var debugDescription: String { description }
}
