@testable import Adapters
import Crypto
import Documents
import Exchanges
import Gateway
import HTTPService
import HTTPTransport
import SQLDatabase
import Sandbox
import Sync
import Synchronization
import TestSupport
import Testing
@testable import zhengdian

/// Nothing by which somebody is known stands in a log, a metric, an address, an answer that reveals nothing, a notification, or in clear in the database:
/// a whole course of personas goes through a gateway that serves, and everything it leaves behind is read.
@Suite struct LeakTests {
  private typealias Persona = ClausePersona

  @Test func nothingOfAnybodyStandsInTheClear() async throws {
    let population = try Sandbox(Self.small).population
    let evidence = try await LeakSite.evidence { site in
      try await Self.applyAndPull(site)
      try await Self.papers(site)
      try await Self.reserve(site)
      try await Self.permits(site)
      try await Self.mistakes(site)
      try await Self.echoes(site)
      try await Self.names(site)
      try await Self.lookAround(site)
    }
    // Places of messages are shown to those who may look at incidents, and to nobody else.
    let named = evidence.findings([try Secret("name in a place", Self.placeName)])
    #expect(
      named == [
        "answer: GET /v1/incidents: name in a place (UTF-8)",
        "answer: GET /v1/incidents?kind=new-field: name in a place (UTF-8)",
        "output: incident list: name in a place (UTF-8)",
        "output: incident show: name in a place (UTF-8)",
      ])
    // A course that leaves a place empty proves nothing of it.
    for place in LeakPlace.allCases { #expect(evidence.count(place) > 1 || place == .metrics, "\(place)") }
    let columns = Set(evidence.labels(.column))
    for column in Self.filled { #expect(columns.contains(column), "\(column) is empty") }
    let people = evidence.findings(try Secret.people(population))
    #expect(people == [])
    let shown = ["answer: ", "output: "]
    let company = evidence.findings(try Secret.company(population))
    #expect(company.filter { finding in !shown.contains(where: finding.hasPrefix) } == [])
    #expect(!company.isEmpty, "companies are named in answers, so that the search had something to find")
    // Who asked or decided is shown to those who read the audit, and the case that was decided.
    let operators = evidence.findings([try Secret("name of the operator", LeakSite.operatorName)])
    let shownTo = [
      "output: audit list", "output: permit show", "answer: GET /v1/permit-cases/1",
      "answer: POST /v1/permit-cases/1",
    ]
    #expect(operators.filter { finding in !shownTo.contains(where: finding.hasPrefix) } == [])
  }

  private static var small: SandboxConfiguration {
    var configuration = SandboxConfiguration()
    configuration.sizes = .small
    return configuration
  }

  /// Of each table that tells of somebody a column that the course has to fill.
  private static let filled = [
    "exchange.address", "exchange_content.sealed", "certificate.kind", "certificate_key.token",
    "observation.sealed", "quarantine.row", "incident.sealed_place", "incident.sealed_locator",
    "access.consumer", "access_key.token",
    "supply_application.form", "supply_step.form", "supply_verdict.sealed", "supply_key.token",
    "supply_order.alike", "material.sealed", "material_file.sealed", "authorisation.sealed",
    "reserve_project.sealed", "reserve_project.stage", "permit_case.application",
    "permit_event.note", "push.state", "push_content.sealed", "inbound_call.answer", "change.details",
    "subscription.sealed", "work_item.payload",
  ]

  // MARK: the course

  private static func form(
    _ number: String, _ persona: Persona, _ population: Population, _ more: String = ""
  ) -> String {
    let isPerson = if case .person = persona.party { true } else { false }
    let facts = isPerson ? ClauseFacts.resident : .small
    return """
      {"number": "\(number)", "region": "330100", "day": "2022-03-01", "facts": \(facts.written),
       "applicant": \(persona.written(population)), "place": \(persona.place(population))\(more)}
      """
  }

  /// Fetched while they wait, judged, and pulled afterwards.
  private static func applyAndPull(_ site: LeakSite) async throws {
    let population = site.population
    let consent =
      #", "authorisation": {"means": "face", "given": "2026-01-01T00:00:00Z", "person": "\#(Persona.resident.code(population))", "reference": "\#(Persona.resident.name(population))的刷脸"}"#
    let first = try await site.json(
      "POST", "/v1/supply-applications", form("GD-1", .resident, population, consent))
    #expect(first["statement"]?["verdict"]?["level"]?.string == "zero")
    _ = try await site.json("POST", "/v1/supply-applications", form("GD-2", .smallCompany, population))
    _ = try await site.json("POST", "/v1/supply-applications", form("GD-3", .villager, population))
    let oldConsent = #", "authorisation": {"means": "counter", "given": "2026-01-01T00:00:00Z"}"#
    _ = try await site.json(
      "POST", "/v1/supply-applications", form("GD-4", .oldDeedHolder, population, oldConsent))
    _ = try await site.json("GET", "/v1/supply-applications/1")
    // The form of a later step, beside which that of the application stays.
    let completion = form("GD-4", .oldDeedHolder, population, oldConsent)
      .replacing(#""stage": "application""#, with: #""stage": "completion""#)
    let judged = try await site.json("POST", "/v1/supply-applications", completion)
    #expect(judged["statement"]?["verdict"]?["facts"]?["stage"]?.string == "completion")
    let front = try site.front("zhejiang-public-data")
    front.spoil { request, usual in
      if request.path.hasSuffix("identityCard.htm") { site.cards.withLock { $0 = usual } }
      if request.path.hasSuffix("propertyDeed.htm") { site.deeds.withLock { $0 = usual } }
      return usual
    }
    for operation in [
      "hangzhou-data/business-licence", "hangzhou-data/property-deed", "hangzhou-data/identity-card",
      "hangzhou-investment/projects", "hangzhou-investment/approvals", "changzhou-estate/deeds",
      "national-exchange/contractor-licences", "national-exchange/design-licences",
    ] { try await site.pull(operation) }
    front.spoil(nil)
    let subscribed = try await site.send(
      "POST", "/v1/subscriptions", "{\"url\": \"http://127.0.0.1:\(site.receiver.port)/told\"}")
    #expect(subscribed.status == 200)
    let connected = #"{"at": "2026-01-05T02:00:00Z", "contracts": ["HT-1"]}"#
    _ = try await site.json("POST", "/v1/supply-applications/1:connected", connected)
    #expect(try await site.send("GET", "/v1/supply-applications/1/archive").status == 200)
    let house = population.house(0)
    for body in [
      #"{"holderCode": "\#(Persona.resident.code(population))"}"#,
      #"{"holderName": "\#(Persona.resident.name(population))"}"#, #"{"unitNumber": "\#(house.unitNumber)"}"#,
      #"{"number": "\#(house.deedNumber)"}"#,
      #"{"holderCode": "\#(Persona.smallCompany.code(population))"}"#,
    ] {
      let found = try await site.json("POST", "/v1/certificates:search", body)
      let id = try #require(found["certificates"]?[0]?["id"]?.string, "\(body)")
      _ = try await site.json("GET", "/v1/certificates/\(id)")
      _ = try await site.json("GET", "/v1/certificates/\(id)/history")
      _ = try await site.json("GET", "/v1/certificates/\(id)/evidence?prove=true")
      _ = try await site.json("GET", "/v1/certificates/\(id)?reveal=holder.name,holder.code", reveals: true)
      // A name finds nothing by itself.
      try await site.send("POST", "/v1/certificates:match", body)
    }
  }

  /// What is handed in and agreed to.
  private static func papers(_ site: LeakSite) async throws {
    let (population, persona) = (site.population, Persona.coOwner)
    let deed = population.house(2).deedNumber
    let content = Base64.encode(Array("\(persona.name(population)) \(deed)".utf8))
    let holder = persona.holder(population)
    let material = try await site.json(
      "POST", "/v1/materials",
      """
      {"code": "property-deed", "holder": \(holder), "number": "\(deed)", "business": "transfer",
       "application": "GH-1", "place": \(persona.place(population)),
       "file": {"name": "\(persona.name(population)).pdf", "mediaType": "application/pdf", "content": "\(content)"}}
      """)
    let id = try #require(material["id"]?.integer)
    let given = try await site.json(
      "POST", "/v1/authorisations",
      #"{"means": "paper", "holder": \#(holder), "given": "2026-01-01T00:00:00Z", "purposes": ["supply-application"], "reference": "\#(deed)"}"#
    )
    _ = try await site.json("POST", "/v1/materials/\(id):verify")
    _ = try await site.json("GET", "/v1/materials/\(id)")
    let who = #"{"type": "person", "code": "\#(persona.code(population))"}"#
    _ = try await site.json("POST", "/v1/materials:search", who)
    _ = try await site.json("POST", "/v1/authorisations:search", who)
    let reason = #"{"reason": "\#(persona.name(population))本人撤回"}"#
    _ = try await site.json(
      "POST", "/v1/authorisations/\(try #require(given["id"]?.integer)):revoke", reason)
    _ = try await site.json("POST", "/v1/materials/\(id):withdraw", reason)
    let path = "\(site.site.folder)/card.jpg"
    try OutputFile.write("a card of \(persona.name(population))", to: path)
    await site.run(
      "material", "add", "-",
      input:
        #"{"code": "identity-card", "holder": \#(holder), "business": "new", "application": "GH-2", "file": {"name": "card.jpg", "mediaType": "image/jpeg", "path": "\#(path)"}}"#
    )
  }

  /// Projects of a person's, from a list: one is the other under another code, which is made an application.
  private static func reserve(_ site: LeakSite) async throws {
    let (population, persona) = (site.population, Persona.villager)
    let (code, twin) = ("2203-330199-04-01-123456", "2204-330199-04-01-123457")
    func row(_ code: String) -> String {
      "\(code),\(persona.name(population))养殖项目,\(persona.name(population)),\(persona.code(population)),\(persona.address(population))"
    }
    let list = """
      项目代码,项目名称,建设单位,统一社会信用代码,建设地点
      \(row(code))
      \(row(twin))

      """
    await site.run("project", "import", "-", input: list)
    func number(_ code: String) async throws -> Int {
      let found = try await site.json("POST", "/v1/projects:find", "{\"projectCode\": \"\(code)\"}")
      return try #require(found["id"]?.integer)
    }
    let id = try await number(code)
    await site.run(
      "project", "join", "\(try await number(twin))", "--to", "\(id)", "--reason",
      "\(persona.name(population))来电说是同一项目", "--operator", LeakSite.operatorName)
    _ = try await site.json("GET", "/v1/projects/\(id)")
    _ = try await site.json("POST", "/v1/certificates:search", "{\"projectCode\": \"\(code)\"}")
    _ = try await site.json(
      "POST", "/v1/projects/\(id):convert", #"{"facts": {"voltage": 0.4, "customer": "other"}}"#)
    // A list that is refused says where, and not what.
    await site.run(
      "project", "import", "-", input: list.replacing(code, with: persona.code(population)), code: .failure)
  }

  /// A permit that is pushed for a person, asked for, and told of by the window.
  private static func permits(_ site: LeakSite) async throws {
    let (population, persona) = (site.population, Persona.resident)
    let person = population.person(Personas.resident.index)
    let opened = try await site.json(
      "POST", "/v1/permit-cases",
      """
      {"number": "XK-1", "region": "330100", "day": "2026-03-02",
       "facts": {"voltage": 110, "length": 1250, "capacity": 5000, "customer": "other", "digs-road": false,
         "occupies-road": false, "uses-green-land": false, "trees": "none", "crossings": [], "red-line": "outside",
         "supply": "single", "works": "cable-transformer"},
       "application": {"kind": "permit-application", "projectName": "\(person.name)养殖线",
         "applicant": {"name": "\(person.name)", "code": "\(person.citizenNumber)", "codeType": "111"},
         "agent": {"name": "\(person.name)", "idNumber": "\(person.citizenNumber)", "phone": "\(person.phoneNumber)"},
         "location": "\(persona.address(population))", "areaCode": "330199", "startDate": "2026-03-01",
         "endDate": "2026-04-01", "lineLength": "1250.5", "voltage": "110", "remarks": "联系\(person.phoneNumber)"},
       "materials": [{"code": "route-drawing", "name": "\(person.name).pdf", "mediaType": "application/pdf", "content": "QUJD"}]}
      """)
    let id = try #require(opened["id"]?.integer)
    let receipt = try await site.wait("the case at the window") {
      site.sandbox.permitCases.first { $0.item == "route-planning" }?.receipt
    }
    _ = try await site.wait("the end of the push") {
      let pushes = try await site.json("GET", "/v1/pushes")["pushes"]
      return pushes?.elements.first { $0["state"]?.string == "accepted" }
    }
    site.sandbox.decide(receipt, .correction, note: "请\(person.name)(\(person.citizenNumber))补正")
    _ = try await site.wait("the window's word") {
      let items = try await site.json("GET", "/v1/permit-cases/\(id)?explain=true")["items"]
      return items?.elements.first { $0["state"]?.string == "supplement" }
    }
    #expect(try await site.callBack(receipt, #""state":"accepted""#) == [200])
    for fault in ["wrong-signature", "unknown-receipt", "damaged", "gb18030"] {
      #expect(try await site.callBack(receipt, "\"fault\":\"\(fault)\"").count == 1)
    }
    let deeds = #""platform":"real-estate-xml","operation":"houses","rows":[0,2]"#
    #expect(try await site.sendRecords("changzhou-estate/registered", deeds) == [200])
    for fault in ["wrong-signature", "damaged", "poisoned"] {
      #expect(
        try await site.sendRecords("changzhou-estate/registered", "\(deeds),\"fault\":\"\(fault)\"").count
          == 1)
      let project = #""platform":"investment-3","operation":"projects","rows":[3],"fault":"\#(fault)""#
      #expect(try await site.sendRecords("hangzhou-investment/coded", project).count == 1)
    }
    _ = try await site.json(
      "POST", "/v1/permit-cases/\(id)/events",
      """
      {"item": "route-planning", "event": "approved", "happened": "2026-03-05T11:00:00",
       "decision": "杭规许2026第0007号", "note": "\(person.name)领取 \(person.phoneNumber)", "reason": "窗口来电"}
      """)
    let files = try await site.send("GET", "/v1/permit-cases/board")
    #expect(files.status == 200)
  }

  /// What callers get wrong, with somebody in it.
  private static func mistakes(_ site: LeakSite) async throws {
    let population = site.population
    let (code, name) = (Persona.resident.code(population), Persona.resident.name(population))
    let written = LeakSite.percentEncoded(name)
    for path in [
      "/v1/certificates/\(code)", "/v1/certificates/\(written)", "/\(code)",
      "/v1/exchanges?requestId=\(code)",
      "/v1/certificates/crt-00000000000000000001?reveal=\(code)", "/v1/permit-cases/\(code)",
      "/v1/supply-applications/\(code)", "/v1/projects?region=\(code)", "/v1/changes?kinds=\(written)",
      "/v1/pushes?platform=\(code)", "/v1/materials/\(code)/file", "/\(written)?\(written)=\(code)",
      "/inbound/\(code)/\(code)", "/metrics?\(code)", "/health/\(code)",
    ] {
      try await site.send("GET", path, isProper: false)
      try await site.send("DELETE", path, isProper: false)
    }
    for (path, body) in [
      ("/v1/certificates:search", #"{"\#(code)": "\#(name)", "holderCode": 1}"#),
      ("/v1/certificates:search", #"{"holderCode": "\#(code)", "holderCode": "\#(code)"}"#),
      ("/v1/certificates:search", #"{"holderCode": "\#(code)" \#(name)"#),
      ("/v1/certificates:match", #"{"holderCode": "\#(code)", "fields": {"\#(name)": "\#(code)"}}"#),
      (
        "/v1/supply-applications",
        #"{"number": "\#(name)", "region": "\#(code)", "facts": {"\#(code)": 1}, "applicant": {"type": "\#(name)"}}"#
      ),
      ("/v1/supply-applications", form("GD-1", .coOwner, population)),
      ("/v1/materials", #"{"code": "\#(code)", "holder": {"type": "person", "\#(name)": "\#(code)"}}"#),
      ("/v1/authorisations", #"{"means": "\#(name)", "given": "\#(code)"}"#),
      (
        "/v1/permit-cases",
        #"{"number": "\#(code)", "application": {"\#(name)": "\#(code)"}, "materials": "\#(name)"}"#
      ),
      ("/v1/permit-cases/1/events", #"{"item": "\#(name)", "event": "\#(code)", "reason": "\#(code)"}"#),
      ("/v1/projects:find", #"{"projectCode": "\#(code)"}"#), ("/v1/projects/1:convert", #"{"\#(name)": 1}"#),
      ("/v1/replays", #"{"query": {"platform": "\#(code)"}, "depth": "\#(name)", "reason": "\#(code)"}"#),
      ("/v1/subscriptions", #"{"url": "https://\#(code).example/\#(written)", "kinds": ["\#(name)"]}"#),
      ("/inbound/hangzhou-permits/progress", #"{"receiptNo": "\#(code)", "opinion": "\#(name)"}"#),
    ] {
      // A duplicate of a refused number, and what cannot be read, is answered without its words.
      #expect(try await site.send("POST", path, body).status >= 400, "\(path)")
    }
    for (header, value) in [
      ("X-Request-Id", code), ("X-Item-Code", code), ("X-Purpose", code), ("Authorization", "Bearer \(code)"),
      ("Content-Type", "text/\(code)"), ("Accept", code),
    ] {
      try await site.send(
        "POST", "/v1/certificates:search", #"{"holderCode": "\#(code)"}"#, headers: [(header, value)])
    }
  }

  /// Platforms that say back what they were asked for, where they should not.
  private static func echoes(_ site: LeakSite) async throws {
    let population = site.population
    let front = try site.front("zhejiang-public-data")
    // The villager has no deed where electricity is wanted, so that the platform is asked each time.
    let persona = Persona.villager
    let (code, name) = (persona.code(population), persona.name(population))
    let deed = population.house(2).deedNumber
    let consent = #", "authorisation": {"means": "counter", "given": "2026-01-01T00:00:00Z"}"#
    // Pages with members of which nobody has heard, named as people are, and rows that are not what they should be.
    let cards = try #require(site.cards.withLock { $0 })
    front.spoil { request, usual in
      guard request.path.hasSuffix("identityCard.htm"), case .bytes(let bytes) = cards.body else {
        return usual
      }
      var answer = cards
      let text = String(decoding: bytes, as: UTF8.self)
        .replacing(#"{"xm":"#, with: #"{"\#(name)\#(code)":"\#(code)","xm":"#)
        .replacing(#""zjzt":"01""#, with: #""zjzt":"\#(name)""#, maxReplacements: 3)
      answer.body = .bytes(Array(text.utf8))
      return answer
    }
    try await site.pull("hangzhou-data/identity-card")
    front.spoil(nil)
    func page(_ status: Int, _ type: String, _ text: String, _ headers: HTTPFields = [:])
      -> HTTPServerResponse
    {
      var headers = headers
      headers["Content-Type"] = type
      return HTTPServerResponse(status: status, headers: headers, body: .bytes(Array(text.utf8)))
    }
    let answers: [HTTPServerResponse] = [
      page(200, "application/json", #"{"code":"-7","msg":"\#(name) \#(code) 参数错误","data":"","datas":[]}"#),
      page(200, "application/json", #"{"code":"\#(code)","msg":"\#(name)","data":"","datas":[]}"#),
      page(302, "text/html", name, ["Location": "/login?zjh=\(code)&xm=\(LeakSite.percentEncoded(name))"]),
      page(301, "text/html", name, ["Location": "http://\(code).example/\(code)"]),
      page(404, "text/html", "<html>\(name) \(code) 不存在</html>"),
      page(500, "application/json", #"{"error":"\#(name) \#(code) \#(deed)"}"#),
      page(200, "application/json", #"{"code":"00","datas":[{"\#(code)" "\#(name)"#),
      page(
        200, "application/json",
        #"{"code":"00","msg":"","data":"","totalDataCount":"\#(code)","datas":"\#(name)"}"#),
      page(
        200, "application/json",
        #"{"code":"00","msg":"","data":"","totalDataCount":1,"dataCount":1,"datas":[{"\#(name)":"\#(code)","gmsfhm":"\#(name)","xm":["\#(code)"],"bdcqzh":"\#(name)"}]}"#
      ),
      page(200, "text/html; charset=\(code)", name), page(200, "text/\(code)", "{}"),
      page(200, "application/xml", "<\(name)>\(code)</\(name)>"),
      page(
        200, "application/json",
        #"{"code":"00","msg":"","data":"","totalDataCount":0,"dataCount":0,"datas":[]}"#),
      page(429, "text/plain", name, ["Retry-After": code, "X-Rate": code, "Set-Cookie": "a=\(code)"]),
    ]
    for (number, answer) in answers.enumerated() {
      func asked() -> Int { front.addresses.count { $0.contains("propertyDeedQuery.htm") } }
      let before = asked()
      // Once: a platform that keeps failing is left alone for a while.
      let isGiven = Mutex(false)
      front.spoil { request, usual in
        guard request.path.contains("Query.htm") else { return usual }
        return isGiven.withLock { given in
          defer { given = true }
          return given ? usual : answer
        }
      }
      _ = try await site.json(
        "POST", "/v1/supply-applications", form("GD-E\(number)", persona, population, consent))
      #expect(asked() > before, "answer \(number)")
      front.spoil(nil)
      // Two that it answers for each that it does not: where half of the calls fail it is left alone as well.
      for course in ["C", "D"] {
        _ = try await site.json(
          "POST", "/v1/supply-applications", form("GD-\(course)\(number)", .newcomer, population))
      }
    }
    // Somebody of whom no platform has heard.
    _ = try await site.json("POST", "/v1/supply-applications", form("GD-N", .newcomer, population))
  }

  /// Somebody's name, of which a platform makes a member of its rows.
  private static let placeName = "拟欧阳某壹"

  private static func names(_ site: LeakSite) async throws {
    let front = try site.front("zhejiang-public-data")
    let deeds = try #require(site.deeds.withLock { $0 })
    front.spoil { request, usual in
      guard request.path.hasSuffix("propertyDeed.htm"), case .bytes(let bytes) = deeds.body else {
        return usual
      }
      var answer = deeds
      let text = String(decoding: bytes, as: UTF8.self).replacing(#""zl":"#, with: #""\#(placeName)":"#)
      answer.body = .bytes(Array(text.utf8))
      return answer
    }
    let held = try await site.pull("hangzhou-data/property-deed", isHeld: true)
    #expect(held?.code == "drift-held", "\(String(describing: held))")
    front.spoil(nil)
    let incidents = try await site.json("GET", "/v1/incidents?kind=new-field")["incidents"]
    let number = try #require(
      incidents?.elements.first { $0["subject"]?.string == "$.\(placeName)" }?["id"]?.integer)
    await site.look(["incident", "show", "\(number)"])
  }

  /// What operators look at.
  private static func lookAround(_ site: LeakSite) async throws {
    for path in [
      "/v1/exchanges?limit=500", "/v1/incidents", "/v1/disagreements", "/v1/work", "/v1/pushes/1",
      "/v1/platforms", "/v1/projects", "/v1/changes?limit=500", "/v1/subscriptions", "/v1/permit-cases",
      "/v1/permit-cases/1?explain=true", "/v1/supply-applications/2", "/openapi.json", "/health/ready",
    ] { _ = try await site.json("GET", path) }
    for arguments in [
      ["exchange", "list", "--json"], ["incident", "list"], ["work", "list"],
      ["push", "list"],
      ["push", "show", "1"], ["permit", "list"], ["permit", "show", "1"], ["permit", "explain", "1"],
      ["supply", "show", "1"], ["project", "list"], ["project", "show", "1"], ["change", "list"],
      ["audit", "list", "--json"], ["material", "show", "1"], ["authorisation", "show", "1"],
      ["subscription", "list"], ["mapping", "trials"],
    ] { await site.look(arguments) }
    _ = try await site.wait("what subscribers are told") { site.receiver.requests.count > 3 ? true : nil }
    #expect(try await site.send("GET", "/metrics").status == 200)
  }

  // MARK: the search itself

  /// The search finds what it should: in each place, in each form.
  @Test(arguments: LeakPlace.allCases) func whatIsPlantedIsFound(_ place: LeakPlace) async throws {
    for (what, text) in [("name", "林知夏"), ("identity number", "33019919781231001X")] {
      let secret = try Secret(what, text)
      for (form, planted) in try Self.planted(text) {
        var evidence = LeakEvidence()
        // Among others, and with something before and behind it.
        evidence.add(.answer, "another", "nothing")
        try await Self.plant(planted, in: place, &evidence)
        let found = evidence.findings([secret])
        #expect(
          found.contains { $0.hasPrefix(place.rawValue) && $0.contains(form) }, "\(what): \(form): \(found)")
        let other = try Secret(what, "周远山")
        #expect(evidence.findings([other]) == [], "\(form)")
      }
    }
  }

  private static func plant(
    _ planted: [UInt8], in place: LeakPlace, _ evidence: inout LeakEvidence
  ) async throws {
    let bytes = Array("before ".utf8) + planted + Array(" behind".utf8)
    switch place {
    case .log, .output, .metrics, .asked, .served, .answer, .notification: evidence.add(place, "x", bytes)
    case .column, .file:
      let folder = TestSupport.TemporaryFolder()
      let database = try await Database.open(path: folder.file("x.sqlite"))
      try await database.write { transaction in
        try transaction.prepare("CREATE TABLE planted (id INTEGER PRIMARY KEY, note BLOB)").execute()
        // Long enough to lie on pages of its own.
        try transaction.prepare("INSERT INTO planted (note) VALUES (?)").execute(
          .blob([UInt8](repeating: 0x20, count: 300) + bytes))
      }
      if place == .file { try evidence.addFiles(of: folder.file("x.sqlite"), "while it is open") }
      await database.close()
      if place == .column { try await evidence.addColumns(of: folder.file("x.sqlite")) }
    }
  }

  /// A text as others write it, each by the name of its form.
  private static func planted(_ text: String) throws -> [(form: String, bytes: [UInt8])] {
    let utf8 = Array(text.utf8)
    let gb = try Charset.gb18030.encode(utf8)
    func hex(_ bytes: [UInt8]) -> [UInt8] {
      Array(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().utf8)
    }
    var planted = [
      ("UTF-8", utf8), ("UTF-8", Array(text.lowercased().utf8)), ("hex of UTF-8", hex(utf8)),
      ("hex of UTF-8", Array(String(decoding: hex(utf8), as: UTF8.self).uppercased().utf8)),
      ("sm3 without a key", Digest.sm3.hash(utf8)),
      ("hex of sha256 without a key", hex(Digest.sha256.hash(utf8))),
    ]
    for start in ["", "a", "ab"] {
      let json = Array("\(start){\"name\":\"\(text)\"}".utf8)
      planted.append(("Base64 of UTF-8", Array(Base64.encode(json).utf8)))
    }
    if gb != utf8 {
      planted += [
        ("GB18030", gb), ("hex of GB18030", hex(gb)),
        ("URL encoding of UTF-8", Array(LeakSite.percentEncoded(text).utf8)),
        ("URL encoding of UTF-8", Array(LeakSite.percentEncoded(text).lowercased().utf8)),
        ("URL encoding of GB18030", Array(gb.map { "%" + String($0, radix: 16) }.joined().utf8)),
        ("Base64 of GB18030", Array(Base64.encode(Array("abcd".utf8) + gb + [1, 2]).utf8)),
        ("JSON escapes", Array(#"\u6797\u77E5\u590f"#.utf8)),
      ]
    }
    return planted
  }

  /// No platform's protocol demands an identifier in an address: the operations that ask for somebody's papers carry it in their bodies.
  @Test func noManifestPutsWhatIsAskedForIntoAnAddress() async throws {
    try await ClauseSite.use { site in
      let adapters = site.site.station.libraries.adapters.adapters
      let queries = adapters.flatMap { adapter in adapter.queries.map { (adapter.name, $0) } }
      #expect(queries.count >= 5)
      for (adapter, query) in queries {
        let request = query.request
        var names = request.path.references
        for entry in request.query { names.formUnion(entry.text.references) }
        for (name, expression) in request.values.reversed() where names.contains(name) {
          names.formUnion(expression.references)
        }
        #expect(!names.contains { $0.hasPrefix("asked.") }, "\(adapter)/\(query.name): \(names)")
      }
    }
  }
}
