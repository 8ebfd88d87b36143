import Applications
import CivilTime
import Compression
import Crypto
import Documents
import Exchanges
import Materials
import Registry
import Supply
import Testing

/// Files that were taken back or destroyed: no verdict rests on them, and no archive has them.
@Suite struct WithdrawnTests {
  private typealias Bench = SupplyBench

  static let signOff = SignOff(trusted: "拟经办", "扫描错误")

  static func deed(_ bytes: [UInt8]) -> NewMaterial {
    NewMaterial(
      code: "property-deed",
      holder: PaperHolder(isPerson: false, name: Bench.company.name, code: Bench.company.code),
      business: "new", application: "GD-1", channel: "counter", operator: "拟经办",
      file: Applications.Attachment(
        name: "a.pdf", mediaType: "application/pdf", bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes))))
  }

  /// Two files, the first of which comes first by its digest.
  static let scans: (wrong: [UInt8], right: [UInt8]) = {
    let (one, other) = (Array("scan 1".utf8), Array("scan 2".utf8))
    let isFirst = Hex.encode(Digest.sm3.hash(one)) < Hex.encode(Digest.sm3.hash(other))
    return isFirst ? (one, other) : (other, one)
  }()

  @Test(arguments: [false, true])
  func theOtherFileOfTheSamePaperStandsForIt(isErased: Bool) async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    let counter = site.desk.counter
    let (wrong, _) = try await counter.handIn(Self.deed(Self.scans.wrong), at: Bench.moment)
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    #expect(try kept.materials == [wrong.id])
    let (right, _) = try await counter.handIn(Self.deed(Self.scans.right), at: Bench.moment)
    _ = try await site.work()
    if isErased {
      _ = try await counter.erase(wrong.id, at: Bench.moment)
    } else {
      _ = try await counter.withdraw(wrong.id, by: Self.signOff, at: Bench.moment)
    }
    _ = try await site.work()
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(try latest.materials == [right.id] && latest.version > kept.version)
    #expect(try await counter.holds(latest, at: Bench.moment))
    // Whoever looks finds it judged, and makes no verdict more.
    let looked = try await site.desk.verdict(kept.application, at: Bench.moment)
    #expect(looked.version == latest.version)
    await site.close()
  }
}

extension SignOff {
  /// For texts that are known to be fit.
  fileprivate init(trusted name: String, _ reason: String) {
    do { try self.init(name: name, reason: reason) } catch { preconditionFailure("\(error)") }
  }
}
