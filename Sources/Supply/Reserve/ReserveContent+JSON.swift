import Certificates
import CivilTime
public import Documents
import Registry

extension ReserveContent {
  var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.memberIfPresent("name", name)
      writer.memberIfPresent("place", place)
      writer.memberIfPresent("scale", scale)
      writer.memberIfPresent("industry", industry)
      writer.memberIfPresent("startYear", startYear)
      writer.memberIfPresent("endYear", endYear)
      writer.memberIfPresent("representative", representative)
      writer.member("certificate", certificate.rawValue)
      writer.member("owners") { writer in
        writer.array { writer in
          for owner in owners {
            writer.object { writer in
              writer.member("name", owner.name)
              writer.memberIfPresent("code", owner.code)
              writer.member("person", owner.isPerson)
            }
          }
        }
      }
      writer.member("approvals") { writer in
        writer.array { writer in
          for approval in approvals { writer.object { approval.write(&$0) } }
        }
      }
    }
    return writer.takeBytes()
  }

  /// - Throws: where it is not what ``encoded`` writes.
  init(decoding bytes: [UInt8]) throws {
    let root = try JSONDocument(parsing: bytes).root
    guard let id = root["certificate"]?.string.flatMap({ CertificateID(rawValue: $0) }),
      let owners = root["owners"]?.elements.map({ Owner($0) }),
      let approvals = root["approvals"]?.elements.map({ Approval($0) }),
      !owners.contains(nil), !approvals.contains(nil)
    else { throw SupplyError.unreadable("a project of the reserve") }
    self.init(
      name: root["name"]?.string, place: root["place"]?.string, scale: root["scale"]?.string,
      industry: root["industry"]?.string, startYear: root["startYear"]?.string,
      endYear: root["endYear"]?.string, owners: owners.compactMap(\.self),
      representative: root["representative"]?.string, certificate: id,
      approvals: approvals.compactMap(\.self))
  }
}

extension ReserveContent.Owner {
  fileprivate init?(_ value: JSONValue) {
    guard let name = value["name"]?.string, let isPerson = value["person"]?.boolean else { return nil }
    self.init(name: name, code: value["code"]?.string, isPerson: isPerson)
  }
}

extension ReserveContent.Approval {
  /// As ``init(_:)`` reads it, and as it is shown.
  public func write(_ writer: inout JSONWriter) {
    writer.member("certificate", certificate.rawValue)
    writer.member("kind", kind.rawValue)
    writer.memberIfPresent("item", item)
    writer.memberIfPresent("decided", decided?.description)
    writer.member("holds", holds)
    writer.memberIfPresent("state", state)
    writer.memberIfPresent("progress", progress?.rawValue)
  }

  fileprivate init?(_ value: JSONValue) {
    guard let id = value["certificate"]?.string.flatMap({ CertificateID(rawValue: $0) }),
      let kind = value["kind"]?.string.flatMap({ CertificateKind(rawValue: $0) }),
      let holds = value["holds"]?.boolean
    else { return nil }
    self.init(
      certificate: id, kind: kind, item: value["item"]?.string,
      decided: value["decided"]?.string.flatMap { CivilDate(iso: $0) }, holds: holds,
      state: value["state"]?.string,
      progress: value["progress"]?.string.flatMap { ApprovalProgress(rawValue: $0) })
  }
}
