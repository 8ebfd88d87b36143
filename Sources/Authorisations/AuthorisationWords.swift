import Certificates
import CivilTime
import Documents
import Registry

/// What names people in an authorisation, as it is sealed.
struct AuthorisationWords: Hashable {
  let holder: PaperHolder
  let `operator`: String
  let reference: String?

  init(_ new: NewAuthorisation) {
    holder = new.holder
    self.operator = new.operator
    reference = new.reference
  }

  var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("person", holder.isPerson)
      writer.memberIfPresent("name", holder.name)
      writer.memberIfPresent("code", holder.code)
      writer.member("operator", self.operator)
      writer.memberIfPresent("reference", reference)
    }
    return writer.takeBytes()
  }

  /// nil for bytes that no ``encoded`` gave.
  init?(decoding bytes: [UInt8]) {
    let root: JSONValue
    do { root = try JSONDocument(parsing: bytes).root } catch { return nil }
    guard let isPerson = root["person"]?.boolean, let name = root["operator"]?.string else { return nil }
    holder = PaperHolder(isPerson: isPerson, name: root["name"]?.string, code: root["code"]?.string)
    self.operator = name
    reference = root["reference"]?.string
  }
}

extension NewAuthorisation {
  /// By what it is the same: what was agreed to, not who wrote it down.
  var content: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("means", means.rawValue)
      writer.member("code", holder.codeText)
      writer.member("name", holder.codeText == nil ? holder.nameText : nil)
      writer.member("given", given.milliseconds)
      writer.member("until", until?.milliseconds)
      writer.member("kinds") { writer in
        guard let kinds else { return writer.null() }
        writer.array { writer in for kind in kinds.map(\.rawValue).sorted() { writer.string(kind) } }
      }
      writer.member("purposes", purposes.sorted())
      writer.member("application", application)
    }
    return writer.takeBytes()
  }
}
