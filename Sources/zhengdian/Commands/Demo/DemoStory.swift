import Access
import Certificates
import CivilTime
import Documents
import Gateway
import HTTPTransport
import Registry
import Sandbox
import Sync

/// What the demo shows, scene by scene.
struct DemoStory: Sendable {
  let sandbox: Sandbox
  let site: Site
  let demoSite: DemoSite
  let port: Int
  let invocation: Invocation

  var output: Output { invocation.output }
  var isForPeople: Bool { !invocation.wantsJSON }

  /// Exit 0 only when everything came out as it must.
  func tell() async throws -> ExitCode {
    showPlatforms()
    let endings = try await pull()
    try await showRegistry()
    guard endings.allSatisfy({ $0.report.problem == nil }) else { return .failure }
    let company = sandbox.population.company(Personas.smallCompany.index)
    let ids = try await search(holderCode: company.creditCode)
    guard let first = ids.first else {
      throw CommandFailure(.failure, "the small company's certificates were not found")
    }
    try await showProof(first)
    try await showAudit()
    try await showHandingIn()
    return .done
  }

  func tellHowToGoOn() {
    guard isForPeople else { return }
    output.line()
    output.line(
      "The gateway answers on http://127.0.0.1:\(port)/ until Ctrl-C; its folder is \(demoSite.folder)")
    output.line("Faults can be ordered at \(sandbox.addresses["control"] ?? "")/control/faults")
  }

  func scene(_ title: String) {
    guard isForPeople else { return }
    output.line()
    output.line(output.paint(title, .bold))
  }

  private func showPlatforms() {
    scene(
      "1  Simulated platforms: they check signatures, clocks, secrets and quotas; everybody in them is invented"
    )
    guard isForPeople else { return }
    var table = TextTable("platform", "adapter", "address", "title")
    for platform in demoSite.platforms {
      table.row(platform.name, platform.adapter, platform.connection.address, platform.connection.title)
    }
    table.write(to: output)
  }

  private func pull() async throws -> [OnceSync.Ending] {
    scene("2  Pull: journal first, then map, seal and store; encryption on, every transaction durable")
    let start = ContinuousClock.now
    let (output, isForPeople) = (output, isForPeople)
    let endings = try await OnceSync.pull(site.station.runners, site.station) { ending in
      if isForPeople { OnceSync.show(ending, on: output) } else { OnceSync.write(ending, to: output) }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let rows = endings.reduce(0) { $0 + $1.report.rows }
    if isForPeople {
      output.line(
        "  \(rows) rows in \(tenths(seconds)) s: \(Int(Double(rows) / seconds)) rows/s, all platforms together"
      )
    }
    return endings
  }

  private func showRegistry() async throws {
    scene("3  The registry")
    let counts = try await site.gateway.registry.counts()
    guard isForPeople else {
      for (kind, count) in counts {
        output.json {
          $0.member("kind", kind.rawValue)
          $0.member("certificates", count)
        }
      }
      return
    }
    var table = TextTable("kind", "证照", "certificates")
    for (kind, count) in counts { table.row(kind.rawValue, kind.title, String(count)) }
    table.write(to: output)
  }

  /// Asks the API over its socket, as one of the utility's systems would.
  private func search(holderCode: String) async throws -> [CertificateID] {
    scene(
      "4  One call: which certificates does this company hold? Masked by default, purpose and operator required, the look audited"
    )
    let body = #"{"holderCode":"\#(holderCode)"}"#
    let file = demoSite.consumerKeyFile
    let key = String(
      decoding: try await OwnThread.run { try InputFile.read(file, most: 4096) }.dropLast(), as: UTF8.self)
    let client = try HTTPClient(
      configuration: .init(egress: try EgressPolicy(allowing: ["127.0.0.1:\(port)"])))
    let url = "http://127.0.0.1:\(port)/v1/certificates:search"
    let request = HTTPRequest(
      method: "POST", url: url,
      headers: [
        HTTPHeader("Authorization", "Bearer \(key)"), HTTPHeader("X-Purpose", "supply-application"),
        HTTPHeader("X-Operator", "counter-07"), HTTPHeader("Content-Type", "application/json"),
      ], body: Array(body.utf8))
    let response = try await client.send(request)
    await client.shutdown(.abort)
    if isForPeople {
      output.line("$ curl -s \(url) -H \"Authorization: Bearer $(cat \(file))\" \\")
      output.line("    -H 'X-Purpose: supply-application' -H 'X-Operator: counter-07' \\")
      output.line("    -H 'Content-Type: application/json' -d '\(body)'")
    }
    let document = try JSONDocument(parsing: response.body)
    var writer = JSONWriter(layout: isForPeople ? .pretty(indent: 2) : .compact)
    writer.value(document.root)
    output.write(writer.takeBytes() + Array("\n".utf8))
    guard response.status == 200 else {
      throw CommandFailure(.failure, "the API answered with status \(response.status)")
    }
    return document.root["certificates"]?.elements.compactMap { one in
      (one["id"]?.string).flatMap(CertificateID.init(rawValue:))
    } ?? []
  }

  private func showProof(_ id: CertificateID) async throws {
    scene("5  Proof: every field of \(id) derived once more from the raw bytes of its exchange")
    let proof = try await JournalProver(site.gateway).prove(id)
    if isForPeople {
      for note in proof.notes { output.line("  \(note)") }
      for field in proof.fields {
        let mark = field.verdict == .agrees ? output.paint("✓", .green) : output.paint("✗", .red)
        output.line("  \(mark) \(field.path)  \(output.paint("← \(field.origin ?? "the mapping")", .dim))")
      }
    } else {
      output.json {
        $0.member("proof", id.rawValue)
        $0.member("holds", proof.holds)
        $0.member("fields", proof.fields.count)
      }
    }
    guard proof.holds else { throw CommandFailure(.failure, "the proof does not hold") }
  }

  private func showAudit() async throws {
    guard isForPeople else { return }
    scene("6  The audit: who looked, and why")
    for record in try await site.gateway.audit.list(AccessFilter()) {
      let entry = record.entry
      output.line(
        "  \(entry.time.iso8601) \(entry.consumer) as \(entry.operator): \(entry.action.rawValue) for \(entry.purpose), \(entry.hits) found"
      )
    }
  }

  private func tenths(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
