import HTTPService
import Testing

@Suite struct ServingTests {
  @Test func answersAndKeepsTheConnection() async throws {
    try await withServer { request in
      .text(
        "\(request.method) \(request.path) \(request.query) \(request.headers["x-a"] ?? "-") \(request.body.count)"
      )
    } body: { server in
      let port = server.port
      try await onThread {
        let client = RawClient(port: port)
        for index in 0..<3 {
          client.send("POST /p\(index)?q=1 HTTP/1.1\r\nHost: a\r\nX-A: b\r\nContent-Length: 3\r\n\r\nabc")
          let response = try #require(try client.readResponse())
          #expect(response.status == 200)
          #expect(response.text == "POST /p\(index) q=1 b 3")
          #expect(response.headers["Date"]?.hasSuffix(" GMT") == true)
          #expect(response.headers["Connection"] == nil)
        }
      }
    }
  }
}
