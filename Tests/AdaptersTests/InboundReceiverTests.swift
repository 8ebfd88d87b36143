import Applications
import CivilTime
import Crypto
import Documents
import Exchanges
import Testing

@testable import Adapters

/// Who is let in, and what calls say.
@Suite struct InboundReceiverTests {
  static let now = Timestamp(milliseconds: 1_795_000_000_000)

  private static func receiver(
    _ change: (String) -> String = { $0 }, settings: [String: String] = ["name": "CN=window", "key": "k"]
  ) throws -> InboundReceiver {
    let (library, diagnostics) = ManifestTests.read(["here/w": change(InboundManifestTests.manifest)])
    #expect(!diagnostics.hasErrors, "\(diagnostics.all)")
    return InboundReceiver(
      platform: "w", operation: try #require(library.adapter("here/w")?.inbound.first), settings: settings,
      random: { [UInt8](repeating: 0, count: $0) })
  }

  static let body = Array(#"{"no":"A1","key":"K1","state":"3"}"#.utf8)

  private static func request(
    _ body: [UInt8] = body, time: String = "1795000000", nonce: String = "n", key: String = "k",
    type: String = "application/json", from address: String = "10.1.2.3"
  ) -> InboundRequest {
    let sign = HMAC.authenticate(.sm3, key: Array(key.utf8), message: Array((time + nonce).utf8) + body)
    return InboundRequest(
      method: "POST", target: "/inbound/w/progress",
      headers: [
        ("Content-Type", type), ("X-Time", time), ("X-Nonce", nonce), ("X-Sign", Hex.encode(sign)),
      ], body: body, remoteAddress: address)
  }

  private static func isLetIn(
    _ request: InboundRequest, _ receiver: InboundReceiver, at time: Timestamp = now
  ) -> Bool {
    do throws(InboundRefusal) {
      _ = try receiver.admit(request, at: time)
      return true
    } catch {
      #expect(error.kind == .unauthenticated, "\(error)")
      return false
    }
  }

  @Test func theRightOneIsLetIn() throws {
    let receiver = try Self.receiver()
    let admission = try receiver.admit(Self.request(), at: Self.now)
    #expect(admission.nonce == Array("n".utf8))
    #expect(admission.nonceEnds == Self.now.advanced(bySeconds: 120))
  }

  private static let signed =
    #"{value: unbase64(header.x-sign), signed: text, sm2: setting.key}"#

  /// - Parameter encode: DER, or r‖s.
  private static func signedRequest(
    by key: SM2.PrivateKey, _ encode: (SM2.Signature) -> [UInt8] = { $0.der }
  ) throws -> InboundRequest {
    var request = request()
    let signature = try key.signature(for: Array("1795000000n".utf8) + request.body)
    request.headers[3].value = Base64.encode(encode(signature))
    return request
  }

  /// 国密: the platform signs with its private key, and the connection has the public one, in whatever form it was handed over.
  @Test func whatThePlatformSignedIsLetIn() throws {
    let key = SM2.PrivateKey()
    for form in [key.publicKey.pem, key.publicKey.hex, "04" + key.publicKey.hex] {
      let receiver = try Self.receiver(
        {
          $0.replacing(
            #"{value: header.x-sign, equals: "hex(hmac-sm3(setting.key, text))"}"#, with: Self.signed)
        },
        settings: ["name": "CN=window", "key": form])
      let right = try Self.signedRequest(by: key)
      #expect(Self.isLetIn(right, receiver))
      #expect(Self.isLetIn(try Self.signedRequest(by: key) { $0.raw }, receiver))
      #expect(!Self.isLetIn(try Self.signedRequest(by: SM2.PrivateKey()), receiver), "another key")
      for index in right.body.indices {
        var changed = right
        changed.body[index] ^= 1
        #expect(!Self.isLetIn(changed, receiver), "\(index)")
      }
      for (place, value) in [(1, "1795000001"), (2, "m"), (3, "AAAA"), (3, ""), (3, "no base64")] {
        var changed = right
        changed.headers[place].value = value
        #expect(!Self.isLetIn(changed, receiver), "\(place) \(value)")
      }
      #expect(!Self.isLetIn(right, receiver, at: Self.now.advanced(bySeconds: 121)), "a call that was kept")
      #expect(try receiver.admit(right, at: Self.now).nonce == Array("n".utf8), "which comes once")
    }
    // A key that is none lets nobody in.
    for wrong in ["k", "04" + String(repeating: "1", count: 128)] {
      let receiver = try Self.receiver(
        {
          $0.replacing(
            #"{value: header.x-sign, equals: "hex(hmac-sm3(setting.key, text))"}"#, with: Self.signed)
        },
        settings: ["name": "CN=window", "key": wrong])
      #expect(!Self.isLetIn(try Self.signedRequest(by: key), receiver))
    }
  }

  @Test func anyChangedByteIsNot() throws {
    let receiver = try Self.receiver()
    let right = Self.request()
    for index in right.body.indices {
      var changed = right
      changed.body[index] ^= 1
      #expect(!Self.isLetIn(changed, receiver), "\(index)")
    }
    for place in 1..<4 {
      for offset in right.headers[place].value.indices {
        var changed = right
        let old = right.headers[place].value[offset]
        changed.headers[place].value.replaceSubrange(offset...offset, with: old == "7" ? "8" : "7")
        #expect(!Self.isLetIn(changed, receiver), "\(place)")
      }
      var without = right
      without.headers.remove(at: place)
      #expect(!Self.isLetIn(without, receiver))
      var twice = right
      twice.headers.append(right.headers[place])
      #expect(!Self.isLetIn(twice, receiver))
      var empty = right
      empty.headers[place].value = ""
      #expect(!Self.isLetIn(empty, receiver))
    }
    #expect(!Self.isLetIn(Self.request(key: "l"), receiver))
    #expect(!Self.isLetIn(Self.request(key: ""), receiver))
  }

  @Test(arguments: [
    (-121, false), (-120, true), (0, true), (120, true), (121, false), (-86_400, false), (1_000_000, false),
  ])
  func itsTimeIsNow(_ offset: Int, _ isLetIn: Bool) throws {
    let request = Self.request(time: String(1_795_000_000 + offset))
    #expect(Self.isLetIn(request, try Self.receiver()) == isLetIn)
  }

  @Test(arguments: ["", "x", "-1795000000", "99999999999999", "1795000000 ", "1.795e9"])
  func whatIsNoTimeIsNotNow(_ time: String) throws {
    #expect(!Self.isLetIn(Self.request(time: time), try Self.receiver()))
  }

  @Test(arguments: [
    ("10.0.0.0", true), ("10.255.255.255", true), ("11.0.0.0", false), ("::1", true), ("::2", false),
    ("::ffff:10.0.0.1", true), ("", false), ("localhost", false),
  ])
  func itComesFromWhereItShould(_ address: String, _ isLetIn: Bool) throws {
    #expect(Self.isLetIn(Self.request(from: address), try Self.receiver()) == isLetIn)
  }

  @Test func aCertificateIsThePlatforms() throws {
    let receiver = try Self.receiver {
      $0.replacing(
        "checks: [{value: header.x-sign, equals: \"hex(hmac-sm3(setting.key, text))\"}]",
        with: "certificates: [setting.name]")
    }
    var request = Self.request(key: "anything")
    #expect(!Self.isLetIn(request, receiver))
    request.certificateSubject = "CN=other"
    #expect(!Self.isLetIn(request, receiver))
    request.certificateSubject = "CN=window"
    #expect(Self.isLetIn(request, receiver))
  }

  @Test func whatItSaysIsReadInEveryForm() throws {
    let json = try Self.receiver().read(Self.request())
    #expect(json.receipt == "A1" && json.key == "K1" && json.event == .accepted && json.happened == nil)
    let places = "call: {format: json, receipt: $.no, key: $.key, state: $.state, states: {\"3\": accepted}}"
    let xml = try Self.receiver {
      $0.replacing("fields: {sign: $.sign}\n", with: "fields: {sign: /r/sign}\n").replacing(
        "call.receipt + call.key", with: "call.receipt"
      ).replacing(
        places,
        with:
          "call: {format: xml, receipt: /r/no, state: /r/@s, at: /r/at, note: /r/note, states: {\"3\": accepted}}"
      )
    }
    for charset in [Charset.utf8, .gb18030] {
      let text =
        "<?xml version=\"1.0\" encoding=\"\(charset == .utf8 ? "UTF-8" : "GB18030")\"?><r s=\"3\"><no>杭A1</no><at>20260301093000</at><note>缺图</note></r>"
      let call = try xml.read(Self.request(try charset.encode(Array(text.utf8)), type: "text/xml"))
      #expect(call.receipt == "杭A1" && call.note == "缺图" && call.key == nil)
      #expect(call.happened == CivilDateTime(iso: "2026-03-01T09:30:00"))
    }
    let form = try Self.receiver {
      $0.replacing("fields: {sign: $.sign}\n", with: "fields: {sign: sign}\n").replacing(
        "call.receipt + call.key", with: "call.receipt"
      ).replacing(
        places, with: "call: {format: form, receipt: no, state: state, note: note, states: {\"3\": accepted}}"
      )
    }
    let plain = try form.read(Self.request(Array("no=A%2B1&state=3&note=%E7%BC%BA+1".utf8)))
    #expect(plain.receipt == "A+1" && plain.note == "缺 1")
    let gbk = try form.read(
      Self.request(
        Array("no=A1&state=3&note=%C8%B1".utf8), type: "application/x-www-form-urlencoded; charset=GBK"))
    #expect(gbk.note == "缺")
    #expect(throws: InboundRefusal.self) { try form.read(Self.request(Array("no=A1&state=3&note=%zz".utf8))) }
  }

  @Test func answersSayWhatTheManifestSays() throws {
    let receiver = try Self.receiver()
    let done = receiver.answer(Self.request(), nil, exchange: ExchangeID(7), at: Self.now)
    #expect(done.status == 200 && done.contentType == "application/json; charset=utf-8")
    #expect(String(decoding: done.body, as: UTF8.self) == #"{"code":"0","no":"A1"}"#)
    for kind in InboundRefusal.Kind.allCases {
      let refused = receiver.answer(
        Self.request(), InboundRefusal(kind, "m"), exchange: nil, at: Self.now)
      #expect(refused.status == 422)
      #expect(String(decoding: refused.body, as: UTF8.self) == "<r>\(kind.rawValue)</r>")
    }
    // What came is a value in the answer, whatever it holds.
    let odd = Self.request(Array(#"{"no":"\"}{<&","state":"3"}"#.utf8))
    let answer = receiver.answer(odd, nil, exchange: nil, at: Self.now)
    #expect(try JSONDocument(parsing: answer.body).root["no"]?.string == "\"}{<&")
  }

  @Test func whatIsTheSameCallIsForTheManifestToSay() throws {
    let receiver = try Self.receiver()
    let one = receiver.identity(of: Self.request())
    #expect(one == receiver.identity(of: Self.request(nonce: "other")))
    #expect(
      one == receiver.identity(of: Self.request(Array(#"{ "state":"3", "key":"K1", "no":"A1" }"#.utf8))))
    #expect(one != receiver.identity(of: Self.request(Array(#"{"state":"4","key":"K1","no":"A1"}"#.utf8))))
    // What cannot be read is the same only byte for byte.
    let damaged = receiver.identity(of: Self.request(Array(#"{"no":"A1","#.utf8)))
    #expect(damaged == receiver.identity(of: Self.request(Array(#"{"no":"A1","#.utf8))))
    #expect(damaged != receiver.identity(of: Self.request(Array(#"{"no":"A1", "#.utf8))))
  }

  /// Two calls that leave out what would tell them apart are told apart by all that they say.
  @Test func whatLacksSomethingOfTheRuleIsTheSameByteForByteOnly() throws {
    let receiver = try Self.receiver { manifest in
      manifest.replacing("state: $.state,", with: "state: $.state, at: $.at,")
        .replacing(
          "call.receipt + call.key + call.state", with: "call.receipt + ' ' + call.state + ' ' + call.at")
    }
    func identity(_ body: String) -> [UInt8] { receiver.identity(of: Self.request(Array(body.utf8))) }
    // By our key alone, decided in one second.
    let second = #""state":"3","at":"2026-11-26 10:00:00"}"#
    #expect(identity(#"{"key":"K1","# + second) != identity(#"{"key":"K2","# + second))
    #expect(identity(#"{"no":"","key":"K1","# + second) != identity(#"{"no":"","key":"K2","# + second))
    // No moment, or a day only: the second 补正 says something else.
    for at in [
      "", #","at":"""#, #","at":"2026-11-26""#, #","at":"2026-11-26 00:00:00""#, #","at":"20261126000000""#,
    ] {
      let asked = #"{"no":"A1","state":"3""# + at
      #expect(identity(asked + #","note":"1"}"#) != identity(asked + #","note":"2"}"#), "\(at)")
      #expect(identity(asked + #","note":"1"}"#) == identity(asked + #","note":"1"}"#), "\(at)")
    }
    let whole = #"{"no":"A1","state":"3","at":"2026-11-26 10:00:01","note":"#
    #expect(identity(whole + #""1"}"#) == identity(whole + #""2"}"#))
  }
}
