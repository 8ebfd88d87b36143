import Certificates
import CivilTime
import Documents
import HTTPTransport
import Sandbox
import Testing

struct NationalExchangeTests {
  @Test func `all services deliver all pages`() async throws {
    try await Bench.run { bench in
      var caller = try NationalCaller(bench)
      try await caller.refresh()
      let sizes = bench.sandbox.population.sizes
      for (service, key, kind, count) in [
        ("contractorLicenceServiceId", "xkzbh", IdentifierKind.installerLicence, sizes.contractorLicences),
        ("designLicenceServiceId", "zsbh", nil, sizes.designLicences),
        ("proofServiceId", "ZZBS", .certificateIdentifier, sizes.proofs),
      ] as [(String, String, IdentifierKind?, Int)] {
        var keys: [String] = []
        for number in 1... {
          let reply = try await caller.call(caller.page(service, #"{"pageNum":\#(number),"pageSize":30}"#))
          try #require(reply["code"]?.string == "0")
          #expect(reply["data"]?["total"]?.integer == count)
          keys += (reply["data"]?["list"].map { Array($0.elements) } ?? []).compactMap { $0[key]?.string }
          if number == reply["data"]?["pages"]?.integer { break }
        }
        #expect(keys.count == count && Set(keys).count == count)
        if let kind { for text in keys { #expect(Identifier.inspect(kind, text).isValid) } }
      }
    }
  }

  @Test func `the secret expires, the one before is good to its end`() async throws {
    try await Bench.run { bench in
      var caller = try NationalCaller(bench)
      func code(_ caller: NationalCaller) async throws -> String? {
        try await caller.call(caller.page("proofServiceId", #"{"pageNum":1,"pageSize":1}"#))["code"]?.string
      }
      #expect(try await code(caller) == "E-106", "before any refresh")
      try await caller.refresh()
      let old = caller
      bench.clock.advance(seconds: 800)
      try await caller.refresh()
      #expect(try await code(old) == "0")
      bench.clock.advance(seconds: 100)
      #expect(try await code(old) == "E-106")
      #expect(try await code(caller) == "0")
    }
  }

  @Test func `every refusal is made`() async throws {
    let configuration = Bench.configuration {
      $0.limits.pageSize = 50
      $0.limits.perMinute = 8
    }
    try await Bench.run(configuration) { bench in
      var caller = try NationalCaller(bench)
      try await caller.refresh()
      let proofs = try #require(caller.connection["proofServiceId"])
      let good = #"{"pageNum":1,"pageSize":5}"#
      func code(_ request: HTTPRequest) async throws -> String? {
        try await caller.call(request)["code"]?.string
      }
      func call(
        _ body: String = #"{"pageNum":1,"pageSize":5}"#, service: String? = nil, key: String? = nil,
        caller id: String? = nil, skew: Int = 0, path: String = "/httpproxy", method: String = "POST"
      ) async throws -> String? {
        try await code(
          caller.request(
            path, service: service ?? proofs, key: key ?? caller.secret, caller: id, skew: skew, body: body,
            method: method))
      }
      #expect(try await call() == "0")
      #expect(try await call(caller: "other") == "E-101")
      #expect(try await call(service: "other") == "E-102")
      #expect(try await call(skew: 301) == "E-103")
      #expect(try await call(skew: -301) == "E-103")
      #expect(try await call(key: "other") == "E-104")
      #expect(try await call(path: "/other") == "-1")
      #expect(try await call(method: "GET") == "-1")
      #expect(try await call("[]") == "-1")
      #expect(try await call("{") == "-1")
      #expect(try await call(#"{"pageNum":0,"pageSize":5}"#) == "-1")
      #expect(try await call(#"{"pageNum":1,"pageSize":51}"#) == "-1")
      #expect(try await call(#"{"pageNum":1,"pageSize":5,"startTime":"soon"}"#) == "-1")
      var bare = caller.page("proofServiceId", good)
      bare.headers.removeAll { $0.name == "gjgxjhpt_sign" }
      #expect(try await code(bare) == "-1")
      let wrongService = caller.request(
        "/sysapi/auth/refreshappsecret", service: proofs, key: caller.connection["appKey"] ?? "")
      #expect(try await code(wrongService) == "E-102")
      #expect(try await call() == "0")
      #expect(try await call() == "0")
      #expect(try await call() == "E-105")
    }
  }
}
