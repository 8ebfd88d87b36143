import Certificates
import CivilTime
import Policies
import Supply
import TestSupport
import Testing

/// What holds of every verdict, tried on applications and certificates at random.
@Suite struct VerdictPropertyTests {
  private typealias Bench = SupplyBench

  private static let regions = ["110000", "410100", "411523", "500103", "320400", "330100"]

  private struct Draw {
    var chance: SplitMix64

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &chance)! }
    mutating func flag() -> Bool { Bool.random(using: &chance) }

    mutating func supply() throws -> SupplyCase {
      let party = flag() ? Bench.zhang : Bench.company
      let customer = pick(["resident", "small-micro", "other"])
      let voltage = pick(["0.22", "0.4", "10", "35"])
      let business = pick(["new", "increase", "temporary", "rename", "transfer"])
      let stage = pick([
        "booking", "application", "application", "application", "design-review", "completion",
      ])
      let materials = [
        "identity-card", "business-licence", "property-deed", "village-proof", "project-approval",
      ]
      .filter { _ in Int.random(in: 0..<4, using: &chance) == 0 }
      .flatMap { code in
        (0...1).map { _ in
          Bench.material(
            code, earlier: pick(["2021-06-01", "2021-07-01", nil]), validTo: pick(["2022-05-01", nil]))
        }
      }
      let authorised = flag() ? Bench.consent : nil
      return try Bench.supply(
        pick(VerdictPropertyTests.regions),
        #""voltage": \#(voltage), "capacity": 100, "customer": "\#(customer)", "business": "\#(business)", "stage": "\#(stage)", "special-trade": \#(flag())"#,
        by: party, at: SupplyPlace(address: Bench.place.address, projectCode: "2201-411523-04-01-123456"),
        materials: materials, authorised: authorised)
    }

    /// Certificates of the applicant and of others, sound and not; none replaces another.
    mutating func certificate(_ number: Int, state: String? = nil) -> KnownCertificate {
      let party = pick([Bench.zhang, Bench.company, Bench.builder])
      let state = state ?? pick(["01", "01", "01", "07", "04", "99"])
      let location = pick([Bench.place.address, Bench.place.address, "新县某处", "新县将军路99号"])
      let record: CertificateRecord
      switch Int.random(in: 0..<5, using: &chance) {
      case 0: record = Bench.identityCard
      case 1: record = Bench.licence
      case 2: record = Bench.project(of: party)
      default:
        record = Bench.deed(
          of: party, ["basic.number": "豫(2021)新县不动产权第000\(1000 + number)号"], location: location)
      }
      var stated = record
      stated[.state] = .text(state)
      let age = Int64(pick([1, 10, 200, 500])) * 86_400_000
      return Bench.known(
        number, stated, seen: Bench.moment.advanced(byMilliseconds: -age), stale: pick([false, false, true]),
        origin: pick([.registry, .push]))
    }

    mutating func reach() -> [CertificateKind: SupplyReach] {
      Dictionary(
        uniqueKeysWithValues: CertificateKind.allCases.map {
          ($0, pick([.absent, Bench.current, Bench.failing]))
        })
    }
  }

  /// What was handed in for these may be a scan of a certificate that does not count.
  private static func doubted(_ verdict: Verdict) -> Set<SupplyRequirement> {
    Set(
      verdict.requirements.filter { one in
        if case .unchecked(.doubtful(_, .handedIn)) = one.state { true } else { false }
      }.map(\.requirement))
  }

  @Test func moreCertificatesNeverBurdenMore() throws {
    var draw = Draw(chance: SplitMix64(seed: 41))
    for _ in 0..<200 {
      let supply = try draw.supply()
      let reach = draw.reach()
      let terms = try Bench.terms(supply)
      func verdict(_ known: [KnownCertificate]) -> Verdict {
        Verdict(supply, terms, SupplyKnowledge(certificates: known, reach: reach), at: Bench.moment)
      }
      var known: [KnownCertificate] = []
      var before = verdict(known)
      for number in 1...6 {
        known.append(draw.certificate(number))
        let after = verdict(known)
        // One that does not hold has somebody look at what was handed in, which may be a scan of it.
        let doubted = Set(
          zip(before.requirements, after.requirements).filter { one, other in
            guard case .material(_, let isEquivalent) = one.state, case .unchecked = other.state
            else { return false }
            // An equivalent stands in for none that may be there.
            return isEquivalent || !other.refused.isEmpty
          }.map(\.0.requirement))
        #expect(!doubted.isEmpty || after.burden <= before.burden, "\(supply) \(known.last!)")
        #expect(
          Set(before.requirements.filter(\.isMet).map(\.requirement)).subtracting(doubted)
            .isSubset(of: after.requirements.filter(\.isMet).map(\.requirement)))
        before = after
      }
    }
  }

  @Test func theOrderDoesNotMatter() throws {
    var draw = Draw(chance: SplitMix64(seed: 42))
    for _ in 0..<200 {
      let supply = try draw.supply()
      let reach = draw.reach()
      let known = (1...7).map { draw.certificate($0) }
      let first = try Bench.verdict(supply, known, reach: reach)
      let shuffled = SupplyCase(
        region: supply.region, day: supply.day, facts: supply.facts, applicant: supply.applicant,
        place: supply.place, materials: supply.materials.shuffled(using: &draw.chance),
        authorisations: supply.authorisations)
      let second = try Bench.verdict(shuffled, known.shuffled(using: &draw.chance), reach: reach)
      #expect(first.encoded() == second.encoded())
    }
  }

  @Test func whatDoesNotHoldMeetsNothing() throws {
    var draw = Draw(chance: SplitMix64(seed: 43))
    for _ in 0..<200 {
      let supply = try draw.supply()
      let reach = draw.reach()
      let bad = (1...5).map { draw.certificate($0, state: draw.pick(["02", "03", "04", "05", "06", "07"])) }
      let with = try Bench.verdict(supply, bad, reach: reach)
      let without = try Bench.verdict(supply, [], reach: reach)
      // They change nothing but what is said of them, and of what may be a scan of them.
      let doubted = Self.doubted(with)
      for (one, other) in zip(with.requirements, without.requirements) {
        if doubted.contains(one.requirement) {
          guard case .material = other.state else {
            Issue.record("\(other.state)")
            continue
          }
        } else if case .material(_, isEquivalent: true) = one.state, !one.refused.isEmpty {
          // Also where the proper paper, too, was handed in and may be the scan of one that was cancelled.
          #expect(other.isMet)
        } else if doubted.isEmpty {
          #expect(one.state == other.state)
        } else {
          #expect(!one.isMet || other.isMet)
        }
      }
      #expect(!doubted.isEmpty || with.level == without.level)
    }
  }

  @Test func unknownIsNeverMissing() throws {
    var draw = Draw(chance: SplitMix64(seed: 44))
    for _ in 0..<200 {
      let supply = try draw.supply()
      let verdict = try Bench.verdict(supply, (1...3).map { draw.certificate($0) }, reach: Bench.down)
      for one in verdict.requirements {
        guard case .missing(let absence) = one.state else { continue }
        if absence == .notHandedIn {
          // No platform has such papers, or the clause has the customer bring this one (CQ-45 措施1).
          let isOwn = supply.region == "500103" && one.requirement == .subject && !supply.applicant.isPerson
          #expect(isOwn || one.means.allSatisfy(\.kinds.isEmpty))
        } else {
          #expect(absence == .notAuthorised && supply.applicant.isPerson && supply.authorisations.isEmpty)
        }
      }
    }
  }

  @Test func nobodyIsAskedWithoutADocument() throws {
    var draw = Draw(chance: SplitMix64(seed: 45))
    for _ in 0..<200 {
      let verdict = try Bench.verdict(try draw.supply(), [], reach: draw.reach())
      for ask in verdict.asks {
        let one = try #require(verdict.verdict(ask.requirement))
        #expect(one.source?.isAssumed == false && !ask.means.isEmpty)
      }
      // A level is the count of what is borne; there is none while that may still grow.
      #expect(verdict.burden.unchecked == 0 || verdict.level == nil || verdict.level == .deferred)
      if let level = verdict.level, level != .deferred {
        #expect(level == [.zero, .one, .two, .more][min(verdict.burden.borne, 3)])
      }
    }
  }
}
