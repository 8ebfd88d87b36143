import Crypto
import Documents
public import Exchanges

/// What was said with an entry. It may name people, so that it is sealed.
public struct PermitWords: Hashable, Sendable {
  /// What the platform, or whoever entered it, says to it.
  public var note: String?
  /// The number of the platform's decision.
  public var decision: String?
  /// Who entered it and why.
  public var signOff: SignOff?

  /// Where it was told: the platform, the exchange, and the number of the manifest's definition.
  public var platform: String?
  public var exchange: ExchangeID?
  var adapter: Int64?

  /// `nil` where nothing was said.
  ///
  /// - Parameter approval: whose number, and where that was told, holds on.
  init?(_ entry: PermitEntry, correcting approval: PermitWords? = nil) {
    guard
      entry.note != nil || entry.decision != nil || entry.signOff != nil || entry.evidence != nil
        || approval != nil
    else { return nil }
    platform = approval?.platform ?? entry.evidence?.platform
    exchange = approval?.exchange ?? entry.evidence?.exchange
    adapter = approval?.adapter
    note = entry.note
    decision = entry.decision ?? approval?.decision
    signOff = entry.signOff
  }

  /// `nil` where nothing was said.
  init?(note: String?, signOff: SignOff?) {
    guard note != nil || signOff != nil else { return nil }
    self.note = note
    self.signOff = signOff
  }

  var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.memberIfPresent("note", note)
      writer.memberIfPresent("decision", decision)
      writer.memberIfPresent("platform", platform)
      writer.memberIfPresent("exchange", exchange?.rawValue)
      writer.memberIfPresent("adapter", adapter)
      writer.memberIfPresent("signOff", signOff.map { String(decoding: $0.encoded, as: UTF8.self) })
    }
    return writer.takeBytes()
  }

  init(decoding bytes: [UInt8]) throws {
    let root = try JSONDocument(parsing: bytes).root
    note = root["note"]?.string
    decision = root["decision"]?.string
    platform = root["platform"]?.string
    exchange = root["exchange"]?.integer.map { ExchangeID(Int64($0)) }
    adapter = root["adapter"]?.integer.map { Int64($0) }
    signOff = try root["signOff"]?.string.map { try SignOff(decoding: Array($0.utf8)) }
  }
}
