internal import CCurl

extension Transfer {
  /// Puts the whole request into the curl handle, which was reset before.
  func configure(_ configuration: HTTPClient.Configuration) throws(TransportError) {
    try installCallbacks()
    try setRules(configuration)
    try setMessage(configuration)
    try setTLS(request.tls)
    try setProxy(request.proxy)
  }

  private func setRules(_ configuration: HTTPClient.Configuration) throws(TransportError) {
    try easy.set(CURLOPT_NOSIGNAL, true)
    // Without this the thread waits for a name look-up under way when its call is cancelled or times out.
    try easy.set(CURLOPT_QUICK_EXIT, true)
    try easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
    try easy.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    try easy.set(CURLOPT_FOLLOWLOCATION, false)
    try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    try easy.set(CURLOPT_HTTP09_ALLOWED, false)
    try easy.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    try easy.set(CURLOPT_PATH_AS_IS, true)
    try easy.set(CURLOPT_TCP_KEEPALIVE, true)
    try easy.set(CURLOPT_BUFFERSIZE, 64 << 10)
    try easy.set(CURLOPT_UPLOAD_BUFFERSIZE, 64 << 10)
    // The other time limits are the loop's.
    try easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, request.timeouts.connect.wholeMilliseconds)))
    try easy.set(CURLOPT_MAXAGE_CONN, Int(configuration.idleConnectionLifetime.components.seconds))
    if !request.reusesConnection {
      try easy.set(CURLOPT_FRESH_CONNECT, true)
      try easy.set(CURLOPT_FORBID_REUSE, true)
    }
  }

  private func setMessage(_ configuration: HTTPClient.Configuration) throws(TransportError) {
    try easy.set(CURLOPT_URL, call.url.text)
    if request.method == "HEAD" {
      try easy.set(CURLOPT_NOBODY, true)
    } else if let body = request.body ?? (Self.expectsBody(request.method) ? [] : nil) {
      try easy.setBody(body)
      try easy.set(CURLOPT_CUSTOMREQUEST, request.method)
    } else {
      try easy.set(CURLOPT_HTTPGET, true)
      if request.method != "GET" { try easy.set(CURLOPT_CUSTOMREQUEST, request.method) }
    }
    if !configuration.userAgent.isEmpty { try easy.set(CURLOPT_USERAGENT, configuration.userAgent) }
    try easy.setHeaders(Self.lines(of: request))
  }

  /// Methods that say `Content-Length: 0` when they have no body (RFC 9110 §8.6).
  private static func expectsBody(_ method: String) -> Bool {
    method == "POST" || method == "PUT" || method == "PATCH"
  }

  /// In curl's notation: `Name;` is a field with an empty value, `Name:` takes away one curl would add.
  private static func lines(of request: HTTPRequest) -> [String] {
    var lines = request.headers.map { header in
      let value = ASCII.trimmingBlanks(Array(header.value.utf8))
      return value.isEmpty ? "\(header.name);" : "\(header.name): \(String(decoding: value, as: UTF8.self))"
    }
    lines.append("Expect:")
    // Written here and decoded here: curl would take half a compressed body for a whole one.
    if request.acceptsCompression && request.headers["Accept-Encoding"] == nil {
      lines.append("Accept-Encoding: gzip, deflate")
    }
    if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
    return lines
  }

  private func setTLS(_ tls: TLSOptions) throws(TransportError) {
    try easy.set(CURLOPT_SSL_VERIFYPEER, 1)
    try easy.set(CURLOPT_SSL_VERIFYHOST, tls.verifiesHostName ? 2 : 0)
    let version = tls.minimumVersion == .tls12 ? CURL_SSLVERSION_TLSv1_2 : CURL_SSLVERSION_TLSv1_3
    try easy.set(CURLOPT_SSLVERSION, Int(version))
    try easy.set(CURLOPT_CA_CACHE_TIMEOUT, 300)
    switch tls.authorities {
    case .system: break
    case .file(let path):
      try easy.set(CURLOPT_CAINFO, path)
      // Debian's curl also looks into /etc/ssl/certs, which would keep the system's authorities trusted.
      try easy.set(CURLOPT_CAPATH, nil)
    case .pem(let bytes):
      try easy.set(CURLOPT_CAINFO, nil)
      try easy.set(CURLOPT_CAPATH, nil)
      try easy.set(CURLOPT_CAINFO_BLOB, bytes: bytes)
    }
    switch tls.clientCertificate {
    case nil: break
    case .pem(let certificate, let key, let password):
      try easy.set(CURLOPT_SSLCERTTYPE, "PEM")
      try easy.set(CURLOPT_SSLCERT_BLOB, bytes: certificate)
      try easy.set(CURLOPT_SSLKEYTYPE, "PEM")
      try easy.set(CURLOPT_SSLKEY_BLOB, bytes: key)
      // An empty password rather than none, or OpenSSL asks for one on the terminal.
      try easy.set(CURLOPT_KEYPASSWD, password ?? "")
    case .pkcs12(let bytes, let password):
      try easy.set(CURLOPT_SSLCERTTYPE, "P12")
      try easy.set(CURLOPT_SSLCERT_BLOB, bytes: bytes)
      try easy.set(CURLOPT_KEYPASSWD, password)
    }
    if let pin = tls.pinnedPublicKey { try easy.set(CURLOPT_PINNEDPUBLICKEY, pin) }
    if let list = tls.cipherList { try easy.set(CURLOPT_SSL_CIPHER_LIST, list) }
  }

  private func setProxy(_ proxy: ProxyOptions?) throws(TransportError) {
    // Empty texts, not none: none would make curl look into the environment.
    try easy.set(CURLOPT_PROXY, proxy?.url ?? "")
    try easy.set(CURLOPT_NOPROXY, "")
    guard let proxy else { return }
    try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
    try easy.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
    if proxy.scheme != .socks5 && call.url.scheme == .https { try easy.set(CURLOPT_HTTPPROXYTUNNEL, true) }
    if let username = proxy.username {
      try easy.set(CURLOPT_PROXYUSERNAME, username)
      try easy.set(CURLOPT_PROXYPASSWORD, proxy.password ?? "")
    }
  }
}
