import Documents
import Sandbox
import Testing

@testable import zhengdian

@Suite struct PushCommandTests {
  @Test func whatIsHandedInIsSentAndShown() async throws {
    try await ServedSandbox.use { site in
      let id = try await site.submit("road-digging", number: "SQ-1")
      let again = try site.application("road-digging", number: "SQ-1")
      let twice = await site.run(
        "push", "submit", "hangzhou-permits/road-digging", again.record, "--attach", again.attachment,
        "--json")
      #expect(try twice.json()["duplicateOf"]?.integer == id)
      let text = await site.run(
        "push", "submit", "hangzhou-permits/road-digging", again.record, "--attach", again.attachment)
      #expect(text.output.contains("a duplicate of \(id)"))
      let waiting = try await site.run("push", "show", "\(id)", "--json").json()
      #expect(waiting["state"]?.string == "queued" && waiting["history"]?.count == 0)
      #expect(site.sandbox.permitCases.isEmpty)

      try await site.serve { _ in
        let shown = try await site.wait(push: id, until: ["accepted"])
        #expect(shown["history"]?.elements.compactMap { $0["event"]?.string } == ["begun", "accepted"])
        #expect(shown["attempts"]?.integer == 1 && shown["idempotency"]?.string == "queryable")
      }
      #expect(site.sandbox.permitCases.map(\.submissions) == [1])

      let list = await site.run("push", "list", "--json", "--platform", "hangzhou-permits")
      #expect(list.code == .done && list.lines.count == 3)
      #expect(try await site.run("push", "list", "--state", "accepted", "--json").json()["id"]?.integer == id)
      for (words, count) in [
        (["--operation", "road-digging", "--platform", "hangzhou-permits"], 3), (["--state", "unknown"], 0),
        (["--since", "2000-01-01"], 3), (["--until", "2000-01-01"], 0), (["--limit", "1"], 1),
        (["--after", "\(id + 1)"], 1), (["--case", "nothing"], 0),
      ] {
        #expect(await site.run(["push", "list", "--json"] + words).lines.count == count, "\(words)")
      }
      let table = await site.run("push", "list")
      #expect(table.output.contains("duplicate of \(id)") && !table.output.contains(ServedSandbox.applicant))
      let exchange = await site.run("exchange", "list", "--platform", "hangzhou-permits", "--json")
      #expect(exchange.lines.count >= 1)
    }
  }

  /// The record and the receipt are other people's data: shown for a purpose, and recorded first.
  @Test func theContentIsShownForAPurpose() async throws {
    try await ServedSandbox.use { site in
      let id = try await site.submit("greening", number: "SQ-1")
      try await site.serve { _ in _ = try await site.wait(push: id, until: ["accepted"]) }
      let receipt = try #require(site.sandbox.permitCases.first?.receipt)
      let plain = await site.run("push", "show", "\(id)")
      #expect(
        plain.code == .done && !plain.output.contains(ServedSandbox.applicant)
          && !plain.output.contains(receipt))
      #expect(await site.run("push", "show", "\(id)", "--content").code == .usage)
      #expect(
        await site.run("push", "show", "\(id)", "--content", "--purpose", "none", "--operator", "a").code
          == .usage)
      #expect(await site.run("audit", "list", "--json").lines.isEmpty)
      let look = ["--content", "--purpose", "supply-application", "--operator", "拟经办"]
      let shown = await site.run(["push", "show", "\(id)", "--json"] + look)
      #expect(shown.code == .done, "\(shown.errors)")
      let json = try shown.json()
      #expect(json["receipt"]?.string == receipt)
      #expect(json["record"]?["applicant"]?["name"]?.string == ServedSandbox.applicant)
      #expect(json["attachments"]?[0]?.string?.contains("a.txt") == true)
      let text = await site.run(["push", "show", "\(id)"] + look)
      #expect(text.output.contains(receipt) && text.output.contains(ServedSandbox.applicant))
      let audit = await site.run("audit", "list", "--json")
      #expect(audit.lines.count == 2)
      let entry = try JSONDocument(parsing: audit.lines[0]).root
      #expect(entry["operator"]?.string == "拟经办" && entry["purpose"]?.string == "supply-application")
      #expect(entry["revealed"]?[0]?.string == "pushes[\(id)]")
    }
  }

  @Test func aPersonSignsWhatNobodyKnows() async throws {
    try await ServedSandbox.use { site in
      site.fault(.resetAfter, "greening")
      let first = try await site.submit("greening", number: "SQ-1")
      try await site.serve { _ in _ = try await site.wait(push: first, until: ["unknown"]) }
      site.fault(.reset, "greening")
      let second = try await site.submit("greening", number: "SQ-2")
      let id = "\(first)"
      for words in [[], ["--happened", "--absent"], ["--absent", "--receipt", "R"], ["--happened"]] {
        let reason = words == ["--happened"] ? [] : ["--reason", "x"]
        #expect(await site.run(["push", "sign", id] + words + reason).code == .usage, "\(words)")
      }
      #expect(await site.run("push", "sign", "x", "--absent", "--reason", "x").code == .usage)
      #expect(await site.run("push", "sign", "99", "--absent", "--reason", "x").code == .failure)
      let early = await site.run("push", "retry", id, "--reason", "x")
      #expect(early.code == .failure && early.errors.contains("push-not-now"))
      #expect(await site.run("push", "list", "--state", "unknown", "--json").lines.count == 1)
      let signed = await site.run(
        "push", "sign", id, "--happened", "--receipt", "R-7", "--reason", "asked", "--operator", "拟经办",
        "--json")
      #expect(signed.code == .done, "\(signed.errors)")
      #expect(try signed.json()["state"]?.string == "accepted")
      let history =
        try await site.run("push", "show", id, "--json").json()["history"]?.elements.map { $0 } ?? []
      #expect(history.last?["by"]?.string == "拟经办" && history.last?["reason"]?.string == "asked")
      #expect(history.last?["problem"]?.isNull == true)
      let lost = history.first { $0["event"]?.string == "lost" }?["problem"]
      let code = try #require(lost?["code"]?.string)
      #expect(lost?["class"]?.string == "transient")
      #expect(await site.run("push", "show", id).output.contains("lost → unknown (\(code)), exchange"))
      #expect(await site.run("push", "show", id).output.contains("by 拟经办: asked"))
      #expect(await site.run("push", "sign", id, "--absent", "--reason", "x").code == .failure)

      // What did not happen is sent again.
      try await site.serve { _ in
        _ = try await site.wait(push: second, until: ["unknown"])
        let absent = await site.run("push", "sign", "\(second)", "--absent", "--reason", "they have nothing")
        #expect(absent.code == .done && absent.output.contains("push \(second) is queued"))
        _ = try await site.wait(push: second, until: ["accepted"])
      }
      #expect(site.sandbox.permitCases.count == 2)
    }
  }

  @Test func whatWasNotSentIsTakenBack() async throws {
    try await ServedSandbox.use { site in
      let id = try await site.submit("greening", number: "SQ-1")
      #expect(await site.run("push", "cancel", "\(id)").code == .usage, "a reason is needed")
      let run = await site.run("push", "cancel", "\(id)", "--reason", "not needed")
      #expect(run.code == .done && run.output.contains("push \(id) is cancelled"), "\(run.errors)")
      #expect(await site.run("push", "cancel", "\(id)", "--reason", "x").code == .failure)
      let other = try await site.submit("greening", number: "SQ-2")
      try await site.serve { _ in _ = try await site.wait(push: other, until: ["accepted"]) }
      #expect(site.sandbox.permitCases.count == 1)
    }
  }

  @Test func whatDoesNotFitIsRefusedAtOnce() async throws {
    try await ServedSandbox.use { site in
      let files = try site.application("greening", number: "SQ-1")
      func submit(_ words: String...) async -> CommandRun { await site.run(["push", "submit"] + words) }
      #expect(await submit("hangzhou-permits", files.record).code == .usage)
      #expect(
        await submit("hangzhou-permits/none", files.record, "--attach", files.attachment).code
          == .configuration)
      #expect(await submit("hangzhou-data/business-licence", files.record).code == .configuration)
      #expect(
        await submit("hangzhou-permits/greening", files.record, "--attach", files.record).code == .usage)
      let lacking = try site.application("greening", number: "SQ-2", without: "greenArea")
      let refused = await submit("hangzhou-permits/greening", lacking.record, "--attach", lacking.attachment)
      #expect(
        refused.code == .failure && !refused.errors.contains(ServedSandbox.applicant), "\(refused.errors)")
      try OutputFile.write("another", to: files.attachment)
      let altered = await submit("hangzhou-permits/greening", files.record, "--attach", files.attachment)
      #expect(altered.code == .failure && altered.errors.contains("SM3"))
      #expect(await submit("hangzhou-permits/greening", "\(site.site.folder)/none.json").code == .failure)
      #expect(await site.run("push", "list", "--json").lines.isEmpty)
      #expect(await site.run("push", "list", "--operation", "greening").code == .usage)
      #expect(await site.run("push", "show", "1").code == .failure)
    }
  }
}
