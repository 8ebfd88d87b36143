import Applications
import Certificates
import Documents
import Registry

extension Material.Details {
  init(_ new: NewMaterial) {
    holder = new.holder
    number = new.number
    place = new.place
    self.operator = new.operator
    sm3 = new.file.sm3
  }

  /// As it is sealed.
  var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("person", holder.isPerson)
      writer.memberIfPresent("name", holder.name)
      writer.memberIfPresent("code", holder.code)
      writer.memberIfPresent("number", number)
      writer.memberIfPresent("address", place.address)
      writer.memberIfPresent("unitNumber", place.unitNumber)
      writer.memberIfPresent("projectCode", place.projectCode)
      writer.member("operator", self.operator)
      writer.member("sm3", sm3)
    }
    return writer.takeBytes()
  }

  /// nil for bytes that no ``encoded`` gave.
  init?(decoding bytes: [UInt8]) {
    let root: JSONValue
    do { root = try JSONDocument(parsing: bytes).root } catch { return nil }
    guard let isPerson = root["person"]?.boolean, let name = root["operator"]?.string,
      let digest = root["sm3"]?.string
    else { return nil }
    holder = PaperHolder(isPerson: isPerson, name: root["name"]?.string, code: root["code"]?.string)
    number = root["number"]?.string
    place = MaterialPlace(
      address: root["address"]?.string, unitNumber: root["unitNumber"]?.string,
      projectCode: root["projectCode"]?.string)
    self.operator = name
    sm3 = digest
  }

  /// Whether the same is said of the paper, whoever took it.
  func saysTheSame(as other: Material.Details) -> Bool {
    func number(_ text: String?) -> String? { text.map(LookupDomain.number.normal) }
    return number(self.number) == number(other.number) && place == other.place
  }
}
