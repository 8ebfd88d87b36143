import HTTPTransport
import Testing

@Suite struct CompressionTests {
  private func gzip(_ shell: String) throws -> [UInt8] {
    let folder = TemporaryFolder()
    try Command.run("sh", ["-c", "\(shell) > out"], in: folder.path)
    return try folder.read("out")
  }

  private func send(_ body: [UInt8], encoding: String, _ change: (inout HTTPRequest) -> Void = { _ in })
    async throws
    -> Result<HTTPResponse, TransportError>
  {
    try await withServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.reply(body, headers: ["Content-Encoding: \(encoding)"])
      connection.waitForClose()
    }) { server in
      try await withClient { client -> Result<HTTPResponse, TransportError> in
        var request = HTTPRequest(url: server.url)
        change(&request)
        do throws(TransportError) { return .success(try await client.send(request)) } catch {
          return .failure(error)
        }
      }
    }
  }

  private func failure(_ result: Result<HTTPResponse, TransportError>) -> TransportError? {
    guard case .failure(let error) = result else { return nil }
    return error
  }

  @Test func gzipIsDecoded() async throws {
    let response = try await send(gzip("seq 1 100000 | gzip -9"), encoding: "gzip").get()
    #expect(response.body.count == 588_895)
    #expect(response.text.hasSuffix("\n99999\n100000\n"))
    // What the server sent is still said.
    #expect(response.headers["Content-Encoding"] == "gzip")
    #expect(response.framing == .contentLength)
  }

  @Test func aBombIsStoppedAtTheLimit() async throws {
    // 20 MB in about 20 KB.
    let bomb = try gzip("head -c 20000000 /dev/zero | gzip -9")
    #expect(bomb.count < 30_000)
    let result = try await send(bomb, encoding: "gzip") { $0.maxResponseBytes = 1_000_000 }
    let error = try #require(failure(result))
    #expect(error.code == .bodyTooLarge)
    #expect(error.partial.body.count == 1_000_000)
  }

  @Test func severalMembersAreOneBody() async throws {
    let response = try await send(gzip("(seq 1 5 | gzip; seq 6 9 | gzip)"), encoding: "x-gzip").get()
    #expect(response.text == "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
  }

  @Test func deflateIsDecodedInBothForms() async throws {
    // A gzip body is a bare deflate stream between 10 bytes of header and 8 of trailer.
    let gzipped = try gzip("seq 1 1000 | gzip -n")
    let bare = Array(gzipped.dropFirst(10).dropLast(8))
    let plain = (1...1000).map { "\($0)\n" }.joined()
    let first = try await send(bare, encoding: "deflate").get()
    #expect(first.text == plain)
    var sums: (UInt32, UInt32) = (1, 0)
    for byte in plain.utf8 {
      sums.0 = (sums.0 + UInt32(byte)) % 65521
      sums.1 = (sums.1 + sums.0) % 65521
    }
    let adler = sums.1 << 16 | sums.0
    let zlib = [0x78, 0x9C] + bare + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: adler >> UInt32($0)) }
    let second = try await send(zlib, encoding: "Deflate").get()
    #expect(second.text == plain)
  }

  @Test func anEmptyBodyNeedsNoStream() async throws {
    let response = try await send([], encoding: "gzip").get()
    #expect(response.body.isEmpty)
  }

  @Test(arguments: ["gzip", "deflate"]) func oneByteIsNoStream(encoding: String) async throws {
    let result = try await send([0x1F], encoding: encoding)
    #expect(failure(result)?.code == .partialBody)
  }

  @Test func bytesAfterTheEndAreAnError() async throws {
    let result = try await send(gzip("seq 1 10 | gzip") + [1, 2, 3], encoding: "gzip")
    #expect(failure(result)?.code == .badEncoding)
  }

  @Test func aBodyCutShortIsAnError() async throws {
    let whole = try gzip("seq 1 100000 | gzip -9")
    let result = try await send(Array(whole.prefix(whole.count / 2)), encoding: "gzip")
    let error = try #require(failure(result), "half a gzip body was taken for a whole one")
    #expect(error.code == .partialBody)
    #expect(error.partial.body.starts(with: Array("1\n2\n3\n".utf8)))
  }

  @Test func aDamagedBodyIsAnError() async throws {
    var body = try gzip("seq 1 100000 | gzip -9")
    body[body.count / 2] ^= 0xFF
    let result = try await send(body, encoding: "gzip")
    #expect(failure(result)?.code == .badEncoding)
  }

  @Test(arguments: [
    "br", "gzip, gzip", "gzip, br", "zstd", Array(repeating: "gzip", count: 50).joined(separator: ","),
  ])
  func whatWasNotOfferedIsRefused(encoding: String) async throws {
    let result = try await send([1, 2, 3], encoding: encoding)
    #expect(failure(result)?.code == .badEncoding)
  }

  @Test func identityIsNoCompression() async throws {
    let response = try await send(Array("abc".utf8), encoding: "identity").get()
    #expect(response.text == "abc")
  }

  @Test func withoutTheOfferTheBytesStayAsTheyAre() async throws {
    let body = try gzip("seq 1 10 | gzip -9")
    let response = try await send(body, encoding: "gzip") { $0.acceptsCompression = false }.get()
    #expect(response.body == body)
  }
}
