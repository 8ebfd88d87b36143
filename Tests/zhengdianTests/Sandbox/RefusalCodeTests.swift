import Documents
import Exchanges
import Gateway
import Testing

@testable import Adapters
@testable import Sandbox
@testable import zhengdian

/// What a simulated platform refuses with, its manifest knows: otherwise a used-up quota would be taken for a fault of
/// the platform.
@Suite struct RefusalCodeTests {
  private static let codes: [(platform: String, codes: [String], success: String, quota: String)] = [
    platform("zhejiang-public-data", ZhejiangPublicData.Code.self, success: .success, quota: .quota),
    platform("investment-3", Investment30.Code.self, success: .success, quota: .quota),
    platform("real-estate-xml", RealEstateXML.Code.self, success: .success, quota: .quota),
    platform("national-exchange", NationalExchange.Code.self, success: .success, quota: .quota),
    platform("hangzhou-permits", PermitWindow.Code.self, success: .success, quota: .quota),
    ("henan-permits", regional + exchange, "0", "1005"),
    ("xinxian-permits", regional + ["1001", "1002", "1004"], "0", "1005"),
    ("chongqing-permits", regional + BearerGate.Code.allCases.map(\.rawValue), "200", "1005"),
    ("changzhou-permits", regional + exchange, "0", "1005"),
  ]

  /// What a regional window refuses with, whoever stands at its door.
  private static let regional = PermitWindow.Code.allCases.filter { code in
    // Signature, clock, nonce and caller are the door's; withdrawing twice is an answer.
    ![.success, .wrongSignature, .clockSkew, .replayedNonce, .unknownCaller, .repeated].contains(code)
  }.map(\.rawValue)

  private static let exchange = NationalExchange.Code.allCases.map(\.rawValue)
  /// Tokens are given by the door, which refuses with codes of its own.
  private static let doors = Set(
    exchange + BearerGate.Code.allCases.map(\.rawValue) + ["1005", "1008", "1009"])

  private static func platform<Code: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ codes: Code.Type, success: Code, quota: Code
  ) -> (platform: String, codes: [String], success: String, quota: String) {
    (name, codes.allCases.map(\.rawValue), success.rawValue, quota.rawValue)
  }

  @Test func everyCodeIsKnown() throws {
    #expect(Self.codes.map(\.platform).sorted() == DemoSite.simulatedPlatforms.sorted())
    let diagnostics = Diagnostics()
    let folder = LibraryPlace(Checkout.path + "/Adapters").folder
    let library = AdapterLibrary(
      try folder.adapters().map { AdapterLibrary.Source(name: $0.name, file: $0.path, bytes: $0.bytes) },
      diagnostics)
    #expect(diagnostics.isEmpty)
    for (platform, codes, success, quota) in Self.codes {
      let adapter = try #require(DemoSite.adapter(of: platform).flatMap(library.adapter))
      let isWindow = platform.hasSuffix("-permits")
      let envelopes =
        adapter.operations.map { ($0.name, $0.envelope, codes) }
        + adapter.tokens.map { ($0.name, $0.envelope, isWindow ? codes.filter(Self.doors.contains) : codes) }
      for (name, envelope, codes) in envelopes {
        var classes: [String: ErrorClass] = [:]
        for refusal in envelope.rules.refusals + (envelope.payload?.rules.refusals ?? []) {
          guard case .rule(let rule) = refusal.sign else { continue }
          for text in rule.texts { classes[text] = refusal.errorClass }
        }
        for code in codes where code != success {
          #expect(classes[code] != nil, "\(adapter.name) \(name): \(code)")
        }
        #expect(classes[quota] == .rate, "\(adapter.name) \(name)")
      }
    }
  }
}
