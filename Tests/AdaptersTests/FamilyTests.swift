import CivilTime
import Crypto
import Documents
import Exchanges
import HTTPService
import HTTPTransport
import Testing

@testable import Adapters

/// Each family of this project, called through an adapter that extends it, by a platform that checks what it is sent.
@Suite struct FamilyTests {
  static let families: [String: String] = {
    let folder = repository + "/Adapters/"
    var texts: [String: String] = [:]
    for path in files(below: folder + "families", extension: ".yaml") {
      texts[String(path.dropFirst(folder.count).dropLast(5))] = readFile(path).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    return texts
  }()

  /// What a platform was asked and what became of its answer.
  struct Call: Sendable {
    let facts: PageFacts
    let ledger: Ledger
  }

  /// Gets one page of the operation `deeds` of an adapter that extends the family.
  static func call(
    _ family: String, _ operation: String, settings: [String: String],
    _ handler: @escaping HTTPServer.Handler
  ) async throws -> Call {
    let manifest = """
      adapter: here/p
      extends: families/\(family)
      title: p
      operations:
        deeds:
          kind: pull
          mapping: p/deeds
      \(operation.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
      """
    var texts = families
    texts["here/p"] = manifest
    let (library, diagnostics) = ManifestTests.read(texts)
    #expect(diagnostics.errors.map(\.description) == [])
    let adapter = try #require(library.adapter("here/p"))
    let ledger = Ledger()
    let server = try HTTPServer(configuration: HTTPServerConfiguration(), handler: handler)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      let http = try HTTPClient(configuration: .init(egress: .unrestricted()))
      defer { server.stop() }
      let client = try PlatformClient(
        adapter: adapter,
        connection: Connection(
          platform: "p", url: "http://127.0.0.1:\(server.port)", settings: settings),
        http: http, recorder: ledger, budget: ledger,
        environment: CallEnvironment(now: Timestamp.now, random: { SecureRandom.bytes($0) }, sleep: { _ in }))
      do {
        let page = try await client.page(
          try #require(adapter.pull("deeds")), PullProgress(), window: nil, requestID: "r")
        let call = Call(facts: page.answer.facts, ledger: ledger)
        await http.shutdown(.abort)
        return call
      } catch {
        await http.shutdown(.abort)
        throw error
      }
    }
  }

  static func body(_ request: HTTPServerRequest) -> JSONValue? {
    (try? JSONDocument(parsing: request.body))?.root
  }

  /// An answer that no rule takes for a success: the platform did not find what it expected.
  static let refused = json(#"{"code":"wrong"}"#)

  @Test func allAreFoundAndSound() {
    #expect(
      Set(Self.families.keys.map { $0.dropFirst("families/".count) }).isSuperset(of: [
        "bearer", "certificate-sharing", "certificate-sharing-sealed", "government-services",
        "national-exchange", "national-exchange-cbc", "soap", "x-tif", "x-tif-sealed", "x-tif-service",
        "zhejiang-public-data",
      ]))
    let (_, diagnostics) = ManifestTests.read(Self.families)
    #expect(diagnostics.all.map(\.description) == [])
  }

  @Test func bearerExchangesASealedSecretForAToken() async throws {
    let key = SM2.PrivateKey()
    let call = try await Self.call(
      "bearer",
      """
      request: {path: /deeds, body: {json: {data: {page: {$number: "{page.number}"}, size: {$number: "{page.size}"}}}}}
      envelope: {rows: "$.data.list[*]", total: $.data.total}
      """,
      settings: ["appId": "app", "appSecret": "the secret", "publicKey": key.publicKey.hex]
    ) { request in
      guard let body = Self.body(request) else { return Self.refused }
      if request.path == "/oauth/token" {
        guard body["appId"]?.string == "app", let sealed = body["appSecret"]?.string,
          let opened = try? key.decrypt(Hex.decode(sealed), form: .raw(.c1c3c2)),
          opened == Array("the secret".utf8)
        else { return Self.refused }
        return json(#"{"success":true,"status":200,"data":{"accessToken":"tok-1","expiresIn":7200}}"#)
      }
      guard request.headers["Authorization"] == "Bearer tok-1", body["requestId"]?.string?.count == 36,
        body["data"]?["page"]?.integer == 1, body["data"]?["size"]?.integer == 100
      else { return Self.refused }
      return json(#"{"success":true,"status":200,"message":"","data":{"list":[{"a":1}],"total":1}}"#)
    }
    #expect(call.facts.rows == 1 && call.facts.total == 1)
    for entry in call.ledger.all {
      #expect(!entry.exchange.requestHeaders.contains { $0.value.contains("tok-1") })
    }
  }

  @Test func aBearerTokenRefusedByStatusIsFetchedAnew() async throws {
    let tokens = Counter()
    let call = try await Self.call(
      "bearer",
      """
      request: {path: /deeds, body: {json: {data: {page: "{page.number}"}}}}
      envelope: {rows: "$.data[*]"}
      paging: {end: empty-page}
      """,
      settings: [
        "appId": "app", "appSecret": "the secret", "publicKey": SM2.PrivateKey().publicKey.hex,
      ]
    ) { request in
      if request.path == "/oauth/token" {
        return json(
          #"{"success":true,"data":{"accessToken":"tok-\#(tokens.increment())","expiresIn":7200}}"#)
      }
      return request.headers["Authorization"] == "Bearer tok-2"
        ? json(#"{"success":true,"data":[1,2]}"#) : json("", status: 401)
    }
    #expect(call.facts.rows == 2 && tokens.value == 2)
    #expect(call.ledger.all.map(\.problem?.errorClass) == [nil, .credentials, nil, nil])
  }

  static let sharing = [
    "accessId": "a1", "accessToken": "t1", "signKey": "k1",
  ]
  static let sharingOperation = """
    request: {path: /license/search, body: {json: {data: {holderCode: "91320499TXQ4KGY52G", useCause: "用电报装"}}}}
    envelope: {rows: "$.data[*]"}
    """

  static func isShared(_ request: HTTPServerRequest) -> Bool {
    let head = body(request)?["head"]
    let sign = Hex.encode(HMAC.authenticate(.sm3, key: Array("k1".utf8), message: Array("a1t1".utf8)))
    return head?["accessId"]?.string == "a1" && head?["accessToken"]?.string == "t1"
      && head?["sign"]?.string == sign && body(request)?["data"]?["useCause"]?.string == "用电报装"
  }

  @Test(arguments: [
    (#"{"head":{"status":"0","message":""},"data":[{"a":1},{"a":2}]}"#, 2),
    (#"{"head":{"status":"3","message":"not found"}}"#, 0),
    (#"{"head":{"status":0},"data":[]}"#, 0),
  ])
  func certificateSharingHasHeadAndData(_ reply: String, _ rows: Int) async throws {
    let call = try await Self.call(
      "certificate-sharing", Self.sharingOperation, settings: Self.sharing
    ) { Self.isShared($0) ? json(reply) : Self.refused }
    #expect(call.facts.rows == rows)
  }

  @Test(arguments: [
    ("1", ErrorClass.credentials), ("4", .configuration), ("11", .data), ("13", .credentials),
    ("99", .platform),
  ])
  func certificateSharingNamesItsRefusals(_ status: String, _ errorClass: ErrorClass) async throws {
    let error = await #expect(throws: AdapterError.self) {
      try await Self.call("certificate-sharing", Self.sharingOperation, settings: Self.sharing) { _ in
        json(#"{"head":{"status":"\#(status)","message":"x"}}"#)
      }
    }
    #expect(error?.errorClass == errorClass && error?.message.contains("code \(status)") == true)
  }

  @Test func sealedCertificatesAreOpenedInTheOlderOrder() async throws {
    let key = SM2.PrivateKey()
    let sealed = try Hex.encode(
      key.publicKey.encrypt(Array(#"[{"holderCode":"x"}]"#.utf8), form: .raw(.c1c2c3)))
    #expect(sealed.hasPrefix("04"))
    var settings = Self.sharing
    settings["privateKey"] = Hex.encode(key.bytes)
    let call = try await Self.call(
      "certificate-sharing-sealed",
      Self.sharingOperation.replacing("$.data[*]", with: "$[*]"), settings: settings
    ) { _ in json(#"{"head":{"status":"0"},"data":{"certData":"\#(sealed)"}}"#) }
    #expect(call.facts.rows == 1)
  }

  /// The exchange's secret, under the application's key.
  static func sealedSecret(_ mode: CipherMode) throws -> String {
    let key = Array(Digest.sha1.hash(Digest.sha1.hash("app-key")).prefix(16))
    return Base64.encode(try AES.encrypt(Array("the secret".utf8), key: key, mode: mode, padding: .pkcs7))
  }

  static func exchangeSign(_ service: String, _ time: String, key: String) -> String {
    Base64.encode(
      HMAC.authenticate(.sha256, key: Array(key.utf8), message: Array("\(service)me\(time)".utf8)))
  }

  static let exchange = ["callerId": "me", "appKey": "app-key", "refreshServiceId": "refresh"]
  static let exchangeOperation = """
    request: {values: {sid: "'deeds'"}, body: {json: {page: {$number: "{page.number}"}}}}
    envelope: {rows: "$.data[*]"}
    paging: {style: page, end: empty-page}
    """

  @Test(arguments: [
    ("national-exchange", "gjgxjhpt", CipherMode.ecb), ("government-services", "gjzwfwpt", .ecb),
    ("national-exchange-cbc", "gjgxjhpt", .cbc(iv: Array("0123456789abcdef".utf8))),
  ])
  func theNationalExchangeSignsByItsFetchedSecret(
    _ family: String, _ prefix: String, _ mode: CipherMode
  ) async throws {
    var settings = Self.exchange
    if case .cbc(let vector) = mode { settings["initialisationVector"] = Hex.encode(vector) }
    let sealed = try Self.sealedSecret(mode)
    let call = try await Self.call(family, Self.exchangeOperation, settings: settings) { request in
      let isRefresh = request.path == "/sysapi/auth/refreshappsecret"
      let service = isRefresh ? "refresh" : "deeds"
      let time = request.headers["\(prefix)_rtime"] ?? ""
      let sign = Self.exchangeSign(service, time, key: isRefresh ? "app-key" : "the secret")
      let others = request.headers.contains { $0.name.hasPrefix("gj") && !$0.name.hasPrefix(prefix) }
      guard time.count == 13, request.headers["\(prefix)_rid"] == "me", !others,
        request.headers["\(prefix)_sid"] == service, request.headers["\(prefix)_sign"] == sign,
        isRefresh || request.path == "/httpproxy"
      else { return Self.refused }
      return isRefresh
        ? json(#"{"code":"0","data":{"secret":"\#(sealed)","secretEndTime":4102416000000}}"#)
        : json(#"{"code":"0","message":"","data":[{"a":1}]}"#)
    }
    #expect(call.facts.rows == 1)
  }

  @Test(arguments: ["-1", "E-106"]) func theNationalExchangeRefuses(_ code: String) async throws {
    let error = await #expect(throws: AdapterError.self) {
      try await Self.call("national-exchange", Self.exchangeOperation, settings: Self.exchange) { _ in
        json(#"{"code":"\#(code)","message":"no"}"#)
      }
    }
    #expect(error?.errorClass == .credentials)
  }

  @Test func soapCarriesTheSignatureInItsHeaderAndAMessageInAText() async throws {
    let sealed = try Self.sealedSecret(.ecb)
    var settings = Self.exchange
    settings["namespace"] = "urn:deeds"
    let operation = """
      request:
        values: {sid: "'deeds'", method: "'queryDeeds'"}
        payload: {xml: '<?xml version="1.0" encoding="GB2312"?><QUERY PAGE="{page.number}"><HOLDER>林&amp;知夏</HOLDER></QUERY>'}
      envelope:
        rows: /ROOT/ROW
        payload: {success: {path: /ROOT/CODE, in: ["-1"]}, code: /ROOT/CODE, errors: [{in: ["7"], class: rate}]}
      paging: {style: page, end: short-page}
      """
    @Sendable func reply(_ code: String) -> HTTPServerResponse {
      let inner =
        #"&lt;?xml version="1.0" encoding="GB2312"?&gt;&lt;ROOT&gt;&lt;CODE&gt;\#(code)&lt;/CODE&gt;"#
        + "&lt;ROW A=\"一\"/&gt;&lt;ROW A=\"二\"/&gt;&lt;/ROOT&gt;"
      return HTTPServerResponse(
        status: 200, headers: ["Content-Type": "text/xml"],
        body: .bytes(
          Array(
            #"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r:queryResponse xmlns:r="urn:deeds"><return>\#(inner)</return></r:queryResponse></s:Body></s:Envelope>"#
              .utf8)))
    }
    @Sendable func isRight(_ request: HTTPServerRequest) throws -> Bool {
      let document = try XMLDocument(parsing: request.body)
      func text(_ path: String) throws -> String { try XPath(path).string(in: document) ?? "" }
      let time = try text("//*[local-name()='Header']/rtime")
      let message = try XMLDocument(
        parsing: Array(try text("//*[local-name()='queryDeeds']/arg0").utf8), charset: .utf8)
      return try request.path == "/wsproxy" && text("//*[local-name()='Header']/rid") == "me"
        && text("//*[local-name()='Header']/sid") == "deeds"
        && text("//*[local-name()='Header']/sign") == Self.exchangeSign("deeds", time, key: "the secret")
        && XPath("/QUERY/HOLDER").string(in: message) == "林&知夏"
        && XPath("/QUERY/@PAGE").string(in: message) == "1"
    }
    @Sendable func handler(_ code: String) -> HTTPServer.Handler {
      { request in
        if request.path.hasPrefix("/sysapi") {
          return json(#"{"code":"0","data":{"secret":"\#(sealed)","secretEndTime":4102416000000}}"#)
        }
        return (try? isRight(request)) == true ? reply(code) : json("", status: 400)
      }
    }
    let call = try await Self.call("soap", operation, settings: settings, handler("-1"))
    #expect(call.facts.rows == 2)
    // The code stands in the message inside.
    for (code, errorClass) in [("7", ErrorClass.rate), ("8", .platform)] {
      let error = await #expect(throws: AdapterError.self) {
        try await Self.call(
          "soap", operation + "\nretry: {most: 1}", settings: settings, handler(code))
      }
      #expect(error?.errorClass == errorClass && error?.message.contains("code \(code)") == true)
    }
  }

  @Test func xTifSignsWithTimeTokenAndNonce() async throws {
    for (family, isUpper) in [("x-tif", false), ("x-tif-service", true)] {
      var settings = ["paasid": "p1", "token": "tok"]
      if isUpper { settings["serviceId"] = "s1" }
      let call = try await Self.call(
        family,
        """
        request: {path: /deeds, body: {json: {audit_info: {operator_id: o1}}}}
        envelope: {rows: "$.data[*]"}
        """, settings: settings
      ) { request in
        let time = request.headers["x-tif-timestamp"] ?? ""
        let nonce = request.headers["x-tif-nonce"] ?? ""
        let sign = Hex.encode(Digest.sha256.hash("\(time)tok\(nonce)\(time)"))
        guard time.count == 10, !nonce.isEmpty, request.headers["x-tif-paasid"] == "p1",
          request.headers["x-tif-signature"] == (isUpper ? sign.uppercased() : sign),
          request.headers["x-tif-serviceid"] == (isUpper ? "s1" : nil)
        else { return Self.refused }
        return json(#"{"code":"0","data":[1]}"#)
      }
      #expect(call.facts.rows == 1)
    }
  }

  @Test func xTifBodiesAreSealedAndSigned() async throws {
    let own = SM2.PrivateKey()
    let dataKey = SecureRandom.bytes(16)
    let call = try await Self.call(
      "x-tif-sealed",
      """
      request:
        path: /deeds
        payload: {json: {name: "{setting.name}", page: {$number: "{page.number}"}}}
      envelope: {rows: "$.list[*]"}
      """.replacing("{setting.name}", with: #"林\"知夏"#),
      settings: [
        "paasid": "p1", "token": "tok", "dataKey": Hex.encode(dataKey), "privateKey": Hex.encode(own.bytes),
      ]
    ) { request in
      guard let data = Self.body(request)?["encData"]?.string,
        let sign = Self.body(request)?["signData"]?.string,
        let raw = try? Hex.decode(sign), let signature = try? SM2.Signature(raw: raw),
        (try? own.publicKey.isValid(signature, for: Array(data.utf8))) == true,
        let cipher = try? Hex.decode(data),
        let plain = try? SM4.decrypt(cipher, key: dataKey, mode: .ecb, padding: .pkcs7),
        plain == Array(#"{"name":"林\"知夏","page":1}"#.utf8),
        let answer = try? SM4.encrypt(
          Array(#"{"list":[1,2,3]}"#.utf8), key: dataKey, mode: .ecb, padding: .pkcs7)
      else { return Self.refused }
      return json(#"{"code":"0","data":{"encData":"\#(Hex.encode(answer))"}}"#)
    }
    #expect(call.facts.rows == 3)
    // What is made of a secret key is not in the journal.
    #expect(
      call.ledger.all.allSatisfy {
        String(decoding: $0.exchange.requestBody, as: UTF8.self).contains(Redaction.mark)
      })
  }
}
