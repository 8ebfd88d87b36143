import Adapters
import Certificates
import Exchanges
import Journal
import Registry
import SQLDatabase
import Sandbox
@testable import Sync
import Testing

/// Platforms that are asked for the papers of somebody.
@Suite struct QueryTests {
  private static func enquiry(
    _ keys: [Enquiry.Key: String], operator name: String = "柜台3", item: String? = nil
  ) -> Enquiry {
    Enquiry(keys: keys, purpose: "supply-application", operator: name, item: item)
  }

  @Test func whatAHolderHasIsToldAndKept() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let company = bench.sandbox.population.company(3)
      let runner = try engine.queryRunner("zhejiang-public-data", "business-licence-query")
      #expect(runner.operation.needs == [.holderCode])
      let reply = try await runner.ask(
        Self.enquiry([.holderCode: company.creditCode, .holderName: "unused"]), requestID: "r-1")
      #expect(reply.counts.new == 1 && !reply.isCut && reply.quarantined == 0)
      let found = try await engine.registry.certificates(
        matching: [LookupKey(.holderCode, company.creditCode)], kinds: [.businessLicence])
      #expect(found.count == 1 && reply.certificates == Set(found.map(\.id)))
      let kept = try await engine.journal.exchange(reply.exchange)
      #expect(kept.outcome == .succeeded && kept.requestID == "r-1")
      // Nobody's number stands in an address.
      #expect(!kept.address.contains(company.creditCode))
      #expect(String(decoding: kept.requestBody, as: UTF8.self).contains(company.creditCode))
      // What is asked for again is the same word.
      let again = try await runner.ask(Self.enquiry([.holderCode: company.creditCode]), requestID: "r-2")
      #expect(again.counts.unchanged == 1 && again.exchange != reply.exchange)
      #expect(again.certificates == reply.certificates)
      let none = try await runner.ask(
        Self.enquiry([.holderCode: "91330100MA00000000"]), requestID: "r-3")
      #expect(none.counts == StoreCounts() && !none.isCut)
      await engine.database.close()
    }
  }

  @Test func severalDeedsOfOneHolderComeTogether() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let population = bench.sandbox.population
      let houses = (0..<population.sizes.houses).map { population.house($0) }
      let byUnit = try engine.queryRunner("zhejiang-public-data", "property-unit-query")
      let unit = try await byUnit.ask(
        Self.enquiry([.unitNumber: houses[7].unitNumber]), requestID: "r")
      #expect(unit.counts.new == 1)
      var held: [String: Int] = [:]
      for house in houses {
        for holder in house.holders {
          if case .person(let index) = holder {
            held[population.person(index).citizenNumber, default: 0] += 1
          }
        }
      }
      let most = try #require(held.max { $0.value < $1.value })
      let byHolder = try engine.queryRunner("zhejiang-public-data", "property-deed-query")
      let reply = try await byHolder.ask(Self.enquiry([.holderCode: most.key]), requestID: "r")
      #expect(reply.counts.new + reply.counts.unchanged >= most.value)
      await engine.database.close()
    }
  }

  @Test func whoAsksTheSameAtTheSameTimeGetsOneAnswer() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let population = bench.sandbox.population
      let runner = try engine.queryRunner("zhejiang-public-data", "business-licence-query")
      let codes = [population.company(1).creditCode, population.company(2).creditCode]
      // The answer takes a moment, so that all are there by then.
      bench.sandbox.faults.add(
        FaultRule(.slow(seconds: 0.3), platform: "zhejiang-public-data", operation: "businessLicenceQuery"))
      let replies = try await withThrowingTaskGroup(of: QueryRunner.Reply.self) { group in
        for number in 0..<40 {
          group.addTask {
            // Who asks does not reach this platform, and so does not matter.
            try await runner.ask(
              Self.enquiry([.holderCode: codes[number % 2]], operator: "柜台\(number)"),
              requestID: "r-\(number)")
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(replies.map(\.exchange)).count == 2)
      await engine.database.close()
    }
  }

  @Test func whoAsksAndWhatForGoesAlongWhereThereIsAField() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let population = bench.sandbox.population
      let code = population.company(population.contractorLicence(0).company).creditCode
      let runner = try engine.queryRunner("national-exchange", "contractor-licence-query")
      let reply = try await runner.ask(Self.enquiry([.holderCode: code], item: "GD-001"), requestID: "r")
      #expect(reply.counts.new >= 1)
      let said = String(
        decoding: try await engine.journal.exchange(reply.exchange).requestBody, as: UTF8.self)
      #expect(said.contains("柜台3") && said.contains("GD-001"))
      let without = try await runner.ask(Self.enquiry([.holderCode: code]), requestID: "r")
      let usual = String(
        decoding: try await engine.journal.exchange(without.exchange).requestBody, as: UTF8.self)
      #expect(usual.contains("power-supply"))
      // Others who ask are another question to this platform.
      let seen = runner.operation
      #expect(
        Self.enquiry([.holderCode: code], operator: "甲").seen(by: seen)
          != Self.enquiry([.holderCode: code], operator: "乙").seen(by: seen))
      await engine.database.close()
    }
  }

  @Test func whatIsNotUnderstoodIsNoAnswer() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let code = bench.sandbox.population.company(3).creditCode
      let runner = try engine.queryRunner("zhejiang-public-data", "business-licence-query")
      func strike(_ kind: FaultKind) {
        bench.sandbox.faults.removeAll()
        bench.sandbox.faults.add(
          FaultRule(kind, platform: "zhejiang-public-data", operation: "businessLicenceQuery"))
      }
      strike(.poisonedRecord(.brokenCheck))
      let damaged = try await runner.ask(Self.enquiry([.holderCode: code]), requestID: "r")
      #expect(damaged.quarantined == 1 && damaged.counts.new == 0)
      strike(.earlyEnd)
      let cut = try await runner.ask(Self.enquiry([.holderCode: code]), requestID: "r")
      #expect(cut.isCut, "one is declared, and none came")
      for kind in [FaultKind.htmlPage, .reset, .halfBody, .quota] {
        strike(kind)
        do {
          _ = try await runner.ask(Self.enquiry([.holderCode: code]), requestID: "r")
          Issue.record("\(kind) was an answer")
        } catch {
          let id = try #require(SyncProblem(error).exchange, "\(kind)")
          let outcome = try await engine.journal.exchange(id).outcome
          #expect(outcome == .failed || outcome == .rejected, "\(kind)")
        }
      }
      // A refused token is fetched anew, and the question asked once more.
      bench.sandbox.faults.removeAll()
      bench.sandbox.faults.add(
        FaultRule(
          .expiredToken, platform: "zhejiang-public-data", operation: "businessLicenceQuery", most: 1))
      let reply = try await runner.ask(Self.enquiry([.holderCode: code]), requestID: "r")
      #expect(reply.counts.new == 1)
      await engine.database.close()
    }
  }

  @Test func whatIsNotKnownIsNotAskedWithout() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.queryRunner("zhejiang-public-data", "property-unit-query")
      do {
        _ = try await runner.ask(Self.enquiry([.holderCode: "1"]), requestID: "r")
        Issue.record("it was asked")
      } catch let error as AdapterError {
        #expect(error.code == .expression && error.message.contains("unitNumber"))
      }
      await engine.database.close()
    }
  }
}
