import Documents
import Testing

@testable import zhengdian

@Suite struct AdapterCommandTests {
  static let adapters = Checkout.path + "/Adapters"
  static let mappings = Checkout.path + "/Mappings"

  /// The families, and one manifest with a mistake put into it.
  private func checking(
    _ manifest: String, replacing old: String, by new: String, _ arguments: [String] = [],
    _ body: (CommandRun, String) throws -> Void
  ) async throws {
    try await TemporaryFolder.use { folder in
      let text = try Self.text("\(Self.adapters)/\(manifest).yaml")
      #expect(text.contains(old))
      let file = try folder.write(
        "draft.yaml", text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new))
      let run = await CommandRun(
        "adapter", "check", "--adapters", Self.adapters, "--mappings", Self.mappings, file, more: arguments)
      try body(run, file)
    }
  }

  @Test func listsWhatTheCheckoutHas() async throws {
    let run = await CommandRun("adapter", "list", "--json", "--adapters", Self.adapters)
    #expect(run.code == .done, "\(run.errors)")
    let all = try run.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
    let adapter = try #require(all.first { $0["adapter"]?.string == "hangzhou/public-data" })
    #expect(adapter["basis"]?.string == "convention")
    #expect(adapter["note"]?.string?.isEmpty == false)
    let secrets = try #require(adapter["settings"]).elements.filter { $0["secret"]?.boolean == true }
    #expect(secrets.map { $0["name"]?.string } == ["appSecret"])
    let operation = try #require(
      adapter["operations"]?.elements.first { $0["name"]?.string == "identity-card" })
    #expect(operation["kind"]?.string == "pull")
    #expect(operation["mapping"]?.string == "zhejiang-public-data/identity-card")
    #expect(operation["schedule"]?["cron"]?.string == "5-55/10 * * * *")
    #expect(operation["schedule"]?["zone"]?.string == "+08:00")

    let text = await CommandRun("adapter", "list", "--adapters", Self.adapters)
    #expect(text.output.contains("hangzhou/public-data"))
    #expect(text.output.contains("5-55/10 * * * *  居民身份证"))
    #expect(text.output.contains("hangzhou/investment: The fields of projects"))
  }

  @Test func theCheckoutIsInOrder() async {
    let run = await CommandRun(
      "adapter", "check", "--adapters", Self.adapters, "--mappings", Self.mappings)
    #expect(run.code == .done)
    #expect(run.output.hasSuffix("manifests: no errors, no warnings\n"), "\(run.output)")
    let machine = await CommandRun(
      "adapter", "check", "--json", "--adapters", Self.adapters, "--mappings", Self.mappings)
    #expect(machine.output.isEmpty)
  }

  @Test func namesTheTemplateThatIsNotThere() async throws {
    for (wrong, message) in [
      (
        "hangzhou-permits/suplement",
        "there is no template 'hangzhou-permits/suplement' (did you mean 'hangzhou-permits/supplement'?)"
      ),
      (
        "real-estate/deeds",
        "the template 'real-estate/deeds' has errors, or is a mapping: see 'zhengdian mapping check'"
      ),
    ] {
      try await checking("hangzhou/permits", replacing: "hangzhou-permits/supplement", by: wrong) {
        run, file in
        #expect(run.code == .failure)
        #expect(run.lines.first == "\(file):63:15: error: \(message)", "\(run.output)")
      }
    }
    // A body that says another form than the template's.
    try await checking(
      "hangzhou/permits", replacing: "body: {json: {application: {$json: \"{push.message}\"}}}",
      by: "body: ~, headers: {X-Key: \"{push.key}\"}"
    ) { run, _ in
      #expect(run.output.contains("never uses push.message"), "\(run.output)")
    }
  }

  @Test func namesTheMappingThatIsNotThere() async throws {
    try await checking(
      "hangzhou/investment", replacing: "projects\n    request", by: "project\n    request"
    ) { run, file in
      #expect(run.code == .failure)
      #expect(
        run.lines == [
          "\(file):43:14: error: there is no mapping 'investment-platform/project' "
            + "(did you mean 'investment-platform/projects'?)",
          "2 manifests: 1 error, no warnings",
        ])
    }
    try await checking(
      "hangzhou/investment", replacing: "investment-platform/projects\n    request",
      by: "real-estate/deeds\n    request", ["--json"]
    ) { run, file in
      #expect(run.code == .failure)
      let found = try JSONDocument(parsing: Array(run.output.utf8)).root
      #expect(found["file"]?.string == file)
      #expect(found["line"]?.integer == 43)
      #expect(found["severity"]?.string == "error")
      #expect(
        found["message"]?.string == "the mapping 'real-estate/deeds' reads xml, but the answers are json")
    }
  }

  /// So do calls that bring records.
  @Test(arguments: [
    ("investment-platform/project", "there is no mapping 'investment-platform/project'"),
    ("real-estate/deeds", "the mapping 'real-estate/deeds' reads xml, but the calls are json"),
    ("hangzhou-permits/supplement", "the mapping 'hangzhou-permits/supplement' has errors"),
  ])
  func namesTheMappingOfCallsThatIsNotThere(_ name: String, _ message: String) async throws {
    try await checking(
      "hangzhou/investment", replacing: "investment-platform/projects\n    within",
      by: "\(name)\n    within"
    ) { run, file in
      #expect(run.code == .failure)
      #expect(
        run.lines.count == 2 && run.lines[0].hasPrefix("\(file):59:14: error: \(message)"), "\(run.output)")
    }
  }

  /// The envelope and the mapping read the same messages, which lie beside the mapping.
  @Test func comparesTheEnvelopeWithTheSamplesOfTheMapping() async throws {
    for (old, new, place, words) in [
      ("rows: $.data.rows[*]", "rows: $.data.rosw[*]", ":24:9", "(did you mean '$.data.rows[*]'?)"),
      ("total: $.data.total", "total: $.data.totla", ":24:3", "opens none of the samples"),
    ] {
      try await checking("hangzhou/investment", replacing: old, by: new) { run, file in
        #expect(
          run.lines.contains { $0.hasPrefix("\(file)\(place): warning: ") && $0.contains(words) },
          "\(run.output)")
      }
    }
  }

  @Test func recognisesAMistypedFamilyAndShowsAllMistakes() async throws {
    try await checking("hangzhou/investment", replacing: "families/x-tif", by: "families/x-tiff") {
      run, file in
      #expect(
        run.lines.first
          == "\(file):2:10: error: there is no manifest 'families/x-tiff' (did you mean 'families/x-tif'?)")
      #expect(run.code == .failure)
    }
    try await checking("hangzhou/investment", replacing: "    schedule:", by: "    shedule:") { run, file in
      #expect(run.code == .failure)
      #expect(run.lines.count { $0.hasPrefix(file) && $0.contains("(did you mean 'schedule'?)") } == 2)
    }
  }

  @Test(arguments: ["list", "check"]) func saysWhichFolderIsMissing(_ command: String) async {
    let run = await CommandRun("adapter", command, "--adapters", "/nowhere")
    #expect(run.code == .configuration)
    #expect(run.errors.contains("/nowhere cannot be read"))
  }

  @Test func checksThePlatformsOfASiteToo() async throws {
    try await TemporaryFolder.use { folder in
      let file = try folder.write(
        "zhengdian.yaml",
        """
        database: x
        keys: {file: keys}
        egress: connections
        platforms:
          city:
            adapter: hangzhou/investment
            url: https://city.example
            settings: {pasid: a, token: {file: t}}
          town:
            adapter: hangzhou/investment
            url: https://town.example
            settings: {paasid: "", token: {file: t}}

        """)
      let run = await CommandRun(
        "adapter", "check", "--config", file, environment: [ShareFolder.variable: Checkout.path])
      #expect(run.code == .failure)
      #expect(
        run.lines.contains {
          $0.hasPrefix("\(file):8:") && $0.hasSuffix("has no setting 'pasid' (did you mean 'paasid'?)")
        }, "\(run.output)")
      #expect(run.lines.contains { $0.hasPrefix("\(file):12:") && $0.contains("paasid must not be empty") })
    }
  }

  private static func text(_ file: String) throws -> String {
    String(decoding: try InputFile.read(file, most: 1 << 20), as: UTF8.self)
  }
}
