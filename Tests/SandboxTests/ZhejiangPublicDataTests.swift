import Certificates
import CivilTime
import Documents
import HTTPTransport
import Sandbox
import Testing

struct ZhejiangPublicDataTests {
  @Test func `all data sets arrive whole, each record once, in valid identifiers`() async throws {
    try await Bench.run { bench in
      var caller = try ZhejiangCaller(bench)
      try await caller.refresh()
      let sizes = bench.sandbox.population.sizes
      for (id, key, kind, count) in [
        ("businessLicence", "uniscid", IdentifierKind.socialCreditCode, sizes.companies),
        ("identityCard", "gmsfhm", .citizenNumber, sizes.persons),
        ("propertyDeed", "bdcdyh", .realEstateUnit, sizes.houses),
      ] {
        let rows = try await caller.pull(id, size: 77)
        #expect(rows.count == count)
        let keys = rows.compactMap { $0[key]?.string }
        #expect(Set(keys).count == count)
        for text in keys { #expect(Identifier.inspect(kind, text).isValid) }
        let times = rows.compactMap { $0["updateTime"]?.string }
        #expect(times.count == count && times == times.sorted())
        #expect(bench.sandbox.calls("zhejiang-public-data", id).rows == count)
      }
    }
  }

  @Test func `personas are served with their names`() async throws {
    try await Bench.run { bench in
      var caller = try ZhejiangCaller(bench)
      try await caller.refresh()
      let licences = try await caller.pull("businessLicence", size: 500)
      let closed = licences.first { $0["entName"]?.string == Personas.closedCompany.name }
      #expect(closed?["regState"]?.string == "4")
      let deeds = try await caller.pull("propertyDeed", size: 500)
      #expect(deeds.contains { $0["bdcqzh"]?.string == "常房新字00050538" })
      let population = bench.sandbox.population
      let joint = deeds.first { $0["bdcdyh"]?.string == population.house(2).unitNumber }
      let owners = ZhejiangPublicDataTests.owners(joint)
      #expect(owners == ["周远山", "沈清禾"])
      let seized = deeds.first { $0["bdcdyh"]?.string == population.house(6).unitNumber }
      #expect(seized?["sfcf"]?.string == "1")
    }
  }

  private static func owners(_ deed: JSONValue?) -> [String] {
    deed.flatMap { $0["qlrlb"] }?.elements.compactMap { $0["qlrmc"]?.string } ?? []
  }

  @Test func `a window holds what changed in it, and later changes move rows`() async throws {
    try await Bench.run { bench in
      let population = bench.sandbox.population
      var caller = try ZhejiangCaller(bench)
      let middle = Timestamp.seconds(1_680_000_000)
      bench.clock.set(middle)
      try await caller.refresh()
      let early = try await caller.pull("businessLicence", size: 50)
      #expect(early.count < population.sizes.companies)
      bench.clock.set(Bench.start)
      try await caller.refresh()
      let from = PercentText.encode(middle.advanced(bySeconds: 1).text)
      let later = try await caller.pull("businessLicence", size: 50, "&from=\(from)")
      let codes = Set((early + later).compactMap { $0["uniscid"]?.string })
      // Together they are everybody, and some came a second time because they changed.
      #expect(codes.count == population.sizes.companies)
      #expect(early.count + later.count > codes.count)
      let empty = try await caller.call(
        caller.page(
          "businessLicence", 1, size: 10,
          "&from=\(PercentText.encode("2019-01-01 00:00:00"))&to=20190201000000"))
      #expect(empty["code"]?.string == "00")
      #expect(empty["datas"]?.count == 0)
      #expect(empty["totalDataCount"]?.integer == 0)
    }
  }

  @Test func `secrets expire when they should`() async throws {
    try await Bench.run { bench in
      var caller = try ZhejiangCaller(bench)
      #expect(
        try await caller.call(caller.page("identityCard"))["code"]?.string == "-1", "before any refresh")
      try await caller.refresh()
      let first = caller.requestSecret
      bench.clock.advance(seconds: 15 * 60 - 1)
      #expect(try await caller.call(caller.page("identityCard"))["code"]?.string == "00")
      let refresh = caller.refreshSecret
      try await caller.refreshBySecret()
      #expect(caller.refreshSecret == refresh && caller.requestSecret != first)
      bench.clock.advance(seconds: 1)
      #expect(try await caller.call(caller.page("identityCard"))["code"]?.string == "00")
      caller.requestSecret = first
      #expect(try await caller.call(caller.page("identityCard"))["code"]?.string == "-1")
      bench.clock.advance(seconds: 48 * 3600)
      let late = caller.request("/gateway/app/refreshTokenBySec.htm", secret: refresh)
      #expect(try await caller.call(late)["code"]?.string == "-1")
      try await caller.refresh()
      #expect(try await caller.call(caller.page("identityCard"))["code"]?.string == "00")
    }
  }

  @Test func `a parameter may come in a form`() async throws {
    try await Bench.run { bench in
      var caller = try ZhejiangCaller(bench)
      try await caller.refresh()
      var request = caller.page("identityCard")
      let parts = request.url.split(separator: "?")
      request.url = String(parts[0])
      request.headers = [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")]
      request.body = Array(parts[1].utf8)
      #expect(try await caller.call(request)["code"]?.string == "00")
    }
  }

  @Test func `every refusal is made`() async throws {
    let configuration = Bench.configuration { $0.limits.pageSize = 200 }
    try await Bench.run(configuration) { bench in
      var caller = try ZhejiangCaller(bench)
      try await caller.refresh()
      func code(_ change: (inout HTTPRequest) -> Void) async throws -> String? {
        var request = caller.page("identityCard")
        change(&request)
        return try await caller.call(request)["code"]?.string
      }
      func code(url old: String, _ new: String) async throws -> String? {
        try await code {
          $0.url = $0.url.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        }
      }
      #expect(try await code { _ in } == "00")
      #expect(try await code { $0.url += "0" } == "-7", "a page of 1000")
      #expect(try await code(url: "&sign=", "&sign=0") == "-2")
      #expect(try await code(url: "&sign=", "&other=") == "-6")
      #expect(try await code(url: "appKey=", "appKey=x") == "-4")
      #expect(try await code(url: "requestTime=", "requestTime=x") == "-6")
      #expect(try await code(url: "pageNo=1", "pageNo=0") == "-6")
      #expect(try await code(url: "&pageNo=1", "") == "-6")
      #expect(try await code(url: "pageSize=100", "pageSize=201") == "-7")
      #expect(try await code { $0.url += "&from=yesterday" } == "-6")
      #expect(try await code(url: "identityCard", "passport") == "-8")
      #expect(try await code { $0.method = "PUT" } == "-9")
      #expect(try await code { $0.method = "GET" } == "00")
      // A request made six minutes ago, and one from six minutes ahead.
      for seconds in [-360, 360] {
        let stale = caller.page("identityCard")
        bench.clock.advance(seconds: -seconds)
        #expect(try await caller.call(stale)["code"]?.string == "-3")
        bench.clock.advance(seconds: seconds)
      }
      let refused = bench.sandbox.calls("zhejiang-public-data", "identityCard").refused
      #expect(refused["-3"] == 2 && refused["-6"] == 5 && refused["-9"] == 1)
    }
  }

  @Test func `quotas of the minute and of the day are kept`() async throws {
    let configuration = Bench.configuration {
      $0.limits.perMinute = 3
      $0.limits.perDay = 5
    }
    try await Bench.run(configuration) { bench in
      var caller = try ZhejiangCaller(bench)
      try await caller.refresh()
      func codes(_ number: Int) async throws -> [String?] {
        var codes: [String?] = []
        for _ in 0..<number {
          codes.append(try await caller.call(caller.page("identityCard"))["code"]?.string)
        }
        return codes
      }
      #expect(try await codes(4) == ["00", "00", "00", "-5"])
      bench.clock.advance(seconds: 60)
      #expect(try await codes(3) == ["00", "00", "-5"])
      bench.clock.advance(seconds: 86_400)
      try await caller.refresh()
      #expect(try await codes(1) == ["00"])
    }
  }
}

/// What a query needs encoded here.
enum PercentText {
  static func encode(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "%20")
  }
}
