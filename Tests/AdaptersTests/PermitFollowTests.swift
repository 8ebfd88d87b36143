import Applications
import Documents
import Testing

@testable import Adapters

/// How long a window is asked about what it has decided.
@Suite struct PermitFollowTests {
  private static let manifest = """
    adapter: here/w
    title: w
    basis: assumed
    request: {method: POST}
    envelope: {format: json, success: status}
    acknowledgement: {receipt: $.no}
    window: {regions: ["330100"], items: {greening: file}, progress: ask}
    operations:
      file:
        kind: push
        template: t/x
        idempotency: {class: neither}
        request: {path: /f, body: {message: json}}
      ask:
        kind: probe
        request: {path: /ask, body: {json: {no: "{push.receipt}", key: "{push.key}"}}}
        found: {path: $.no, present: true}
        absent: {path: $.no, present: false}
        state: $.state
        progress: {states: {"1": approved}}
    """

  private static func read(_ follow: String) throws -> (PermitFollow?, [String]) {
    let text = manifest.replacing("progress: ask}", with: "progress: ask\(follow)}")
    let (library, diagnostics) = ManifestTests.read(["here/w": text])
    return (library.adapter("here/w")?.window?.follow, diagnostics.errors.map(\.message))
  }

  @Test func aManifestSaysHowLong() throws {
    #expect(
      try Self.read("") == (PermitFollow(filed: 2_592_000, approved: 2_592_000, deferred: 7_776_000), []))
    #expect(
      try Self.read(", follow: {filed: 10d, deferred: 0s}")
        == (PermitFollow(filed: 864_000, approved: 2_592_000, deferred: 0), []))
    let follow = PermitFollow(filed: 1, approved: 2, deferred: 3)
    #expect(follow.seconds(.filed) == 1 && follow.seconds(.approved) == 2)
    #expect(follow.seconds(.approvedDeferred) == 3 && follow.seconds(.rejected) == nil)
  }

  @Test func whatIsWrongIsSaid() throws {
    for (wrong, word) in [("{filed: 10}", "duration"), ("{file: 10d}", "file"), ("{approved: 400d}", "366d")]
    {
      let (_, errors) = try Self.read(", follow: \(wrong)")
      #expect(errors.count == 1 && errors[0].contains(word), "\(errors)")
    }
  }
}
