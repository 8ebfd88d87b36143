import Crypto
import Documents
import HTTPService
import Sandbox
import Synchronization
import Testing

@testable import zhengdian

/// The feed and its notifications as operators and other systems see them.
@Suite struct ChangeCommandTests {
  /// Keeps what it is sent.
  private final class Receiver: Sendable {
    let got = Mutex<[HTTPServerRequest]>([])
    var ids: [String] { got.withLock { $0.compactMap { $0.headers["webhook-id"] } } }
  }

  private static let receivers = """

    changes: {receivers: ["127.0.0.1:*"]}

    """

  @Test func whatIsHandedInIsToldInTheFeed() async throws {
    try await ServedSandbox.use { site in
      site.fault(.resetAfter, "greening")
      let unknown = try await site.submit("greening", number: "SQ-1")
      let accepted = try await site.submit("road-digging", number: "SQ-2")
      let cancelled = try await site.submit("greening", number: "SQ-3")
      #expect(await site.run("push", "cancel", "\(cancelled)", "--reason", "x").code == .done)
      try await site.serve { _ in
        _ = try await site.wait(push: unknown, until: ["unknown", "accepted"])
        _ = try await site.wait(push: accepted, until: ["accepted"])
        let pulled = ["change", "list", "--kind", "certificate.changed", "--limit", "3"]
        while await site.run(pulled).lines.count < 3 { try await Task.sleep(for: .milliseconds(20)) }
      }
      let run = await site.run("change", "list", "--kind", "push.settled", "--kind", "push.unknown", "--json")
      #expect(run.code == .done, "\(run.errors)")
      let told = try run.lines.map { try JSONDocument(parsing: $0).root }
      #expect(
        told.contains {
          $0["subject"]?.string == "push-\(accepted)" && $0["kind"]?.string == "push.settled"
            && $0["details"]?["state"]?.string == "accepted"
        })
      #expect(
        told.contains { $0["subject"]?.string == "push-\(unknown)" && $0["kind"]?.string == "push.unknown" })
      #expect(!run.output.contains(ServedSandbox.applicant) && !run.output.contains("SQ-1"))
      // What is unknown is not repeated; what was taken back can be.
      let plan = await site.run(
        "replay", "plan", "hangzhou-permits/greening", "--depth", "re-push", "--reason", "x", "--operator",
        "a")
      #expect(plan.code == .done, "\(plan.errors)")
      #expect(await site.run("replay", "cancel", "1", "--reason", "x", "--operator", "a").code == .done)
      let ended = try await site.run("change", "list", "--kind", "replay.ended", "--json").json()
      #expect(ended["subject"]?.string == "replay-1" && ended["details"]?["state"]?.string == "cancelled")
      #expect(
        ["succeeded", "failed", "unknown"].map { ended["details"]?[$0]?.integer } == [0, 0, 0],
        "each that was begun ended in one of them")
      // What is pulled is told as well.
      let pulled = await site.run("change", "list", "--kind", "certificate.changed", "--limit", "3")
      #expect(pulled.lines.count == 3 && pulled.errors.contains("--after"), "\(pulled.errors)")
      let place = try #require(told.last?["sequence"]?.integer)
      let rest = await site.run("change", "list", "--after", "\(place)", "--kind", "push.settled", "--json")
      #expect(rest.code == .done && rest.lines.isEmpty)
      #expect(await site.run("change", "list", "--after", "999999999").code == .failure)
      #expect(await site.run("change", "list", "--follow", "--limit", "3").code == .usage)
    }
  }

  @Test func followingEndsWhenItIsStopped() async throws {
    try await ServedSandbox.use { site in
      let stop = StopSignal()
      let output = Output()
      let program = Program(
        environment: Environment([ShareFolder.variable: Checkout.path]), input: .bytes([]), output: output,
        errors: Output(), stop: stop)
      let file = site.site.configurationFile
      async let code = program.run(["change", "list", "--follow", "--config", file])
      let id = try await site.submit("greening", number: "SQ-1")
      #expect(await site.run("push", "cancel", "\(id)", "--reason", "x").code == .done)
      while !output.captured.contains("push-\(id)") { try await Task.sleep(for: .milliseconds(20)) }
      stop.request()
      #expect(await code == .done)
      #expect(output.captured.contains("push.settled"))
    }
  }

  /// Commands, a service that delivers, a change of keys between: the receiver gets each change once, signed.
  @Test func aSubscriptionIsServed() async throws {
    let receiver = Receiver()
    let server = try HTTPServer(configuration: HTTPServerConfiguration()) { request in
      receiver.got.withLock { $0.append(request) }
      return HTTPServerResponse(status: 204)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      defer { group.cancelAll() }
      let url = "http://127.0.0.1:\(server.port)/told"
      try await ServedSandbox.use(Self.receivers) { site in
        let made = await site.run(
          "subscription", "new", "--consumer", DemoSite.consumer, "--url", url, "--kind", "push.settled",
          "--json",
          "--operator", "a")
        #expect(made.code == .done, "\(made.errors)")
        let secret = try #require(try made.json()["secret"]?.string)
        for (words, code) in [
          (["--consumer", DemoSite.consumer, "--url", "https://example.com/"], ExitCode.failure),
          (["--consumer", "nobody", "--url", url], .usage),
          (["--consumer", DemoSite.consumer], .usage),
        ] {
          #expect(await site.run(["subscription", "new"] + words).code == code, "\(words)")
        }
        // A command that changes something makes the work; a service does it.
        let cancelled = try await site.submit("greening", number: "SQ-1")
        #expect(await site.run("push", "cancel", "\(cancelled)", "--reason", "x").code == .done)
        #expect(await site.run("keys", "new", site.site.keyFile, "--id", "second").code == .done)
        #expect(await site.run("keys", "rotate").code == .done)
        let accepted = try await site.submit("road-digging", number: "SQ-2")
        try await site.serve { _ in
          _ = try await site.wait(push: accepted, until: ["accepted"])
          while receiver.ids.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
        }
        let got = receiver.got.withLock { $0 }
        #expect(got.count == 2 && Set(receiver.ids).count == 2)
        let key = try Base64.decode(String(secret.dropFirst(6)))
        for request in got {
          let signed = "\(request.headers["webhook-id"] ?? "").\(request.headers["webhook-timestamp"] ?? "")."
          let code = HMAC.authenticate(.sha256, key: key, message: Array(signed.utf8) + request.body)
          #expect(request.headers["webhook-signature"] == "v1," + Base64.encode(code))
        }
        let subjects = try got.map { try JSONDocument(parsing: $0.body).root["data"]?["subject"]?.string }
        #expect(subjects == ["push-\(cancelled)", "push-\(accepted)"])
        let list = try await site.run("subscription", "list", "--json").json()
        #expect(list["state"]?.string == "active" && list["url"]?.string == url)
        #expect(await site.run("subscription", "list").output.contains("push.settled"))
        #expect(await site.run("subscription", "resume", "1", "--with", "new").code == .failure)
        #expect(await site.run("subscription", "delete", "1").code == .done)
        #expect(await site.run("subscription", "delete", "1").code == .failure)
        #expect(await site.run("subscription", "list").lines.isEmpty)
      }
    }
  }
}
