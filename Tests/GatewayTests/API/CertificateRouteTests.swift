import Access
import Certificates
import CivilTime
import Documents
import Exchanges
import Gateway
import HTTPService
import Registry
import SQLDatabase
import Testing

@testable import GatewayAPI

@Suite struct CertificateRouteTests {
  @Test func aSearchShowsMaskedRecordsAndIsRecorded() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed(), Person.licence()])
    let reply = try await bench.search(
      "{\"holderCode\": \"\(Person.code.lowercased())\"}", headers: ["X-Item-Code": "ITEM-1"])
    #expect(reply.status == 200)
    #expect(reply.document?.root["certificates"]?.count == 2)
    #expect(reply.leaks == [])
    #expect(reply.headers["Cache-Control"] == "no-store")
    let deed = try #require(try reply["$.certificates[?@.kind=='property-deed']"])
    #expect(deed["standing"]?["state"]?.string == "valid")
    #expect(deed["standing"]?["on"]?.string == "2026-11-18")
    #expect(deed["hidden"]?.elements.contains { $0.string == "holders[0].name" } == true)
    #expect(deed["record"]?["holders"]?[0]?["name"]?.string == "拟**")

    let accesses = try await bench.accesses()
    #expect(accesses.count == 1)
    let entry = accesses[0].entry
    #expect(
      entry.consumer == "full" && entry.operator == GatewayBench.operatorName && entry.purpose == "supply")
    #expect(
      entry.item == "ITEM-1" && entry.action == .search && entry.outcome == .answered && entry.hits == 2)
    #expect(entry.certificates.count == 2 && entry.requestID == reply.headers["X-Request-Id"])
    #expect(try await bench.accesses(AccessFilter(key: LookupKey(.holderCode, Person.code))).count == 1)
    #expect(try await bench.accesses(AccessFilter(certificate: entry.certificates[0])).count == 1)
    await bench.close()
  }

  @Test(arguments: [
    ("{\"number\": \"\(Person.deed)\"}", 1), ("{\"number\": \"浙（2021）拟州市不动产权第0012345号\"}", 1),
    ("{\"unitNumber\": \"\(Person.unit)\"}", 1), ("{\"holderName\": \"\(Person.name)\"}", 2),
    ("{\"holderCode\": \"\(Person.code)\", \"kinds\": [\"identity-card\"]}", 1),
    ("{\"holderCode\": \"\(Person.code)\", \"holderName\": \"\(Person.company)\"}", 0),
    ("{\"keys\": [{\"domain\": \"unit-number\", \"value\": \"\(Person.unit)\"}]}", 1),
    ("{\"holderCode\": \"\(Person.companyCode)\"}", 1),
    ("{\"projectCode\": \"2020-330199-44-01-000001\"}", 0),
  ])
  func searchesFindByEachKey(body: String, count: Int) async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed(), Person.licence()])
    let reply = try await bench.search(body)
    #expect(reply.status == 200)
    #expect(reply.document?.root["certificates"]?.count == count)
    let entry = try #require(try await bench.accesses().first).entry
    #expect(entry.hits == count && entry.outcome == .answered)
    await bench.close()
  }

  @Test func aLimitSaysThatThereIsMore() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    let some = try await bench.search("{\"holderCode\": \"\(Person.code)\", \"limit\": 1}")
    #expect(some.document?.root["certificates"]?.count == 1)
    #expect(try some["$.more"]?.boolean == true)
    #expect(try await bench.accesses().first?.entry.certificates.count == 1)
    let all = try await bench.search("{\"holderCode\": \"\(Person.code)\", \"limit\": 2}")
    #expect(try all["$.more"]?.boolean == false)
    await bench.close()
  }

  @Test func revealingShowsWhatThePurposeAllowsAndNothingElse() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.propertyDeed()])
    let body = "{\"unitNumber\": \"\(Person.unit)\", \"reveal\": [\"holder.name\", \"basic.number\"]}"
    let reply = try await bench.search(body)
    #expect(reply.status == 200)
    #expect(try reply.text("$.certificates[0].record.holders[0].name") == Person.name)
    #expect(try reply.text("$.certificates[0].record.basic.number") == Person.deed)
    #expect(
      !reply.text.contains(Person.code) && !reply.text.contains(Person.unit)
        && !reply.text.contains(Person.street))
    #expect(try await bench.accesses().first?.entry.revealed == ["holder.name", "basic.number"])

    let forbidden: [(body: String, purpose: String, key: String)] = [
      ("{\"unitNumber\": \"\(Person.unit)\", \"reveal\": [\"holder.code\"]}", "supply", GatewayBench.fullKey),
      (
        "{\"unitNumber\": \"\(Person.unit)\", \"reveal\": [\"holder.name\"]}", "transfer",
        GatewayBench.fullKey
      ),
      (
        "{\"unitNumber\": \"\(Person.unit)\", \"reveal\": [\"holder.name\"]}", "supply",
        GatewayBench.searchKey
      ),
    ]
    for (body, purpose, key) in forbidden {
      let reply = try await bench.search(body, key: key, purpose: purpose)
      #expect(reply.status == 403 && reply.code == "reveal-not-allowed")
      #expect(reply.leaks == [])
    }
    let refused = try await bench.accesses(AccessFilter(after: 1))
    #expect(refused.map(\.entry.outcome) == [.refused, .refused, .refused])
    #expect(refused.allSatisfy { $0.entry.revealed.isEmpty && $0.entry.hits == 0 })
    await bench.close()
  }

  @Test func oneCertificateIsReadWithItsHistoryAndEvidence() async throws {
    let prover = FixedProver()
    let bench = try await GatewayBench { $0.prover = prover }
    try await bench.store([Person.propertyDeed()])
    let exchange = try await bench.store([Person.propertyDeed(state: "2", area: "91")])
    let id = try await bench.id(.unitNumber, Person.unit, .propertyDeed)
    let path = "/v1/certificates/\(id)"

    let one = try await bench.send(bench.request("GET", path))
    #expect(one.status == 200 && one.leaks == [])
    #expect(try one.text("$.id") == id.rawValue)
    #expect(try one["$.version"]?.integer == 2)
    #expect(try one.text("$.standing.state") == "cancelled")

    let revealed = try await bench.send(bench.request("GET", path, query: "reveal=holder.name,basic.number"))
    #expect(try revealed.text("$.record.holders[0].name") == Person.name)

    let history = try await bench.send(bench.request("GET", path + "/history"))
    #expect(history.status == 200 && history.leaks == [])
    #expect(history.document?.root["observations"]?.count == 2)
    #expect(
      try history["$.observations[1].differs"]?.elements.map(\.string) == [
        "specific.buildingArea", "specific.rightState",
      ])

    let evidence = try await bench.send(bench.request("GET", path + "/evidence"))
    #expect(evidence.status == 200 && evidence.leaks == [])
    #expect(try evidence["$.exchange.id"]?.integer == Int(exchange.rawValue))
    #expect(try evidence.text("$.locator") == "$['datas'][0]")
    #expect(try evidence.text("$.mapping.name") == "city/deed")
    #expect(try evidence["$.mapping.version"]?.integer == 3)
    #expect(try evidence["$.proof"] == nil)

    let proven = try await bench.send(bench.request("GET", path + "/evidence", query: "prove=true"))
    #expect(try proven["$.proof.holds"]?.boolean == true)
    #expect(try proven.text("$.proof.fields[0].verdict") == "agrees")

    let actions = try await bench.accesses().map(\.entry)
    #expect(actions.map(\.action) == [.read, .read, .history, .evidence, .evidence])
    #expect(actions.allSatisfy { $0.certificates == [id] && $0.hits == 1 && $0.outcome == .answered })
    #expect(actions[1].revealed == ["holder.name", "basic.number"])
    await bench.close()
  }

  @Test func provingNeedsAProver() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.licence()])
    let id = try await bench.id(.number, Person.companyCode, .businessLicence)
    let reply = try await bench.send(
      bench.request("GET", "/v1/certificates/\(id)/evidence", query: "prove=true"))
    #expect(reply.status == 501 && reply.code == "proof-unavailable")
    #expect(try await bench.accesses().first?.entry.outcome == .failed)
    await bench.close()
  }

  @Test func anUnknownCertificateIsNotFoundAndANumberInTheAddressIsRefused() async throws {
    let bench = try await GatewayBench()
    for path in ["", "/history", "/evidence"] {
      let missing = try await bench.send(
        bench.request("GET", "/v1/certificates/crt-00000000000000000000\(path)"))
      #expect(missing.status == 404 && missing.code == "certificate-not-found")
      let number = try await bench.send(bench.request("GET", "/v1/certificates/\(Person.code)\(path)"))
      #expect(number.status == 400 && number.code == "identifier-in-address")
      #expect(number.leaks == [])
    }
    let outcomes = try await bench.accesses().map(\.entry.outcome)
    #expect(outcomes == [.notFound, .invalid, .notFound, .invalid, .notFound, .invalid])
    #expect(!bench.log.contains(Person.code))
    await bench.close()
  }

  @Test func aDamagedRecordIsAnErrorAndNotLeftOut() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    _ = try await bench.gateway.database.write { transaction in
      try transaction.execute("UPDATE observation SET sealed = substr(sealed, 1, 60) || x'00' WHERE id = 1")
    }
    let reply = try await bench.search("{\"holderCode\": \"\(Person.code)\"}")
    #expect(reply.status == 500 && reply.code == "record-unreadable")
    #expect(reply.leaks == [])
    #expect(try await bench.accesses().first?.entry.outcome == .failed)
    await bench.close()
  }

  @Test func standingIsOfTodayInChina() async throws {
    // 2026-11-18 09:46:40 in UTC: the licence is good until the end of that day in Beijing.
    let day = try #require(CivilDate(year: 2026, month: 11, day: 18))
    for (validTo, state) in [(day, "valid"), (day.adding(days: -1), "expired")] {
      let bench = try await GatewayBench()
      try await bench.store([Person.licence(validTo: validTo)])
      let reply = try await bench.search("{\"number\": \"\(Person.companyCode)\"}")
      #expect(try reply.text("$.certificates[0].standing.state") == state)
      await bench.close()
    }
  }
}

struct FixedProver: Prover {
  func prove(_ id: CertificateID) async throws -> CertificateProof {
    CertificateProof(
      holds: true,
      fields: [.init(path: "basic.number", verdict: .agrees, origin: "$['datas'][0]['bdcqzh']")],
      notes: ["done"])
  }
}
