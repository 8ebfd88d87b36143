import Crypto
import Documents
import Sandbox

/// Something by which somebody is known, in the forms in which it might be written down.
struct Secret: Sendable {
  struct Form: Sendable {
    let name: String
    let bytes: [UInt8]
    /// Whether capitals and small letters are the same in it. ``bytes`` are small then.
    let isFolded: Bool
  }

  /// Whose, and which: `name of a resident`.
  let what: String
  let forms: [Form]

  init(_ what: String, _ text: String) throws {
    self.what = what
    let utf8 = Array(text.utf8)
    var forms = [Form(name: "UTF-8", bytes: Self.folded(utf8), isFolded: true)]
    var encodings = [("UTF-8", utf8)]
    let gb = try Charset.gb18030.encode(utf8)
    if gb != utf8 {
      forms.append(Form(name: "GB18030", bytes: gb, isFolded: false))
      encodings.append(("GB18030", gb))
      forms.append(Form(name: "JSON escapes", bytes: Self.escaped(text), isFolded: true))
    }
    for (name, bytes) in encodings {
      forms.append(Form(name: "hex of \(name)", bytes: Array(Hex.encode(bytes).utf8), isFolded: true))
      let inAddress = Self.percentEncoded(bytes)
      if inAddress != Self.folded(bytes) {
        forms.append(Form(name: "URL encoding of \(name)", bytes: inAddress, isFolded: true))
      }
      for place in 0..<3 {
        let core = Self.base64(bytes, behind: place)
        forms.append(Form(name: "Base64 of \(name)", bytes: core, isFolded: false))
        let other = core.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }  // As addresses have it.
        if other != core { forms.append(Form(name: "Base64 of \(name)", bytes: other, isFolded: false)) }
      }
    }
    // Without a key whoever has all numbers there may be finds the one behind it.
    for digest in [Digest.md5, .sha1, .sha256, .sm3] {
      let bytes = digest.hash(utf8)
      forms.append(Form(name: "\(digest) without a key", bytes: bytes, isFolded: false))
      forms.append(
        Form(name: "hex of \(digest) without a key", bytes: Array(Hex.encode(bytes).utf8), isFolded: true))
    }
    self.forms = forms
  }

  static func folded(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    unsafe bytes.withUnsafeMutableBufferPointer { bytes in
      for place in 0..<bytes.count where unsafe bytes[place] >= 0x41 && bytes[place] <= 0x5A {
        unsafe bytes[place] |= 0x20
      }
    }
    return bytes
  }

  private static func escaped(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    for unit in text.utf16 {
      if unit < 0x80 {
        result.append(UInt8(unit))
      } else {
        let digits = String(unit, radix: 16)
        result += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8
      }
    }
    return folded(result)
  }

  private static func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.append(byte)
      default: result += "%\(Hex.encode([byte]))".utf8
      }
    }
    return folded(result)
  }

  /// What is the same of its Base64 whatever stands around it, where so many bytes of a group of three come before it.
  private static func base64(_ bytes: [UInt8], behind place: Int) -> [UInt8] {
    let text = Array(Base64.encode([UInt8](repeating: 0, count: place) + bytes).utf8)
    let start = (place * 8 + 5) / 6
    let end = (place + bytes.count) * 8 / 6
    return Array(text[start..<end])
  }
}

extension Secret {
  /// By what a company is known. Its name and code are published, and no answer masks them; they are sealed as everything else of a record.
  static func company(_ population: Population) throws -> [Secret] {
    let company = population.company(Personas.smallCompany.index)
    return [
      try Secret("name of the small company", company.name),
      try Secret("code of the small company", company.creditCode),
    ]
  }

  /// By what the people are known whose papers go through the gateway.
  static func people(_ population: Population) throws -> [Secret] {
    var secrets: [Secret] = []
    func add(_ who: String, _ what: String, _ text: String) throws {
      secrets.append(try Secret("\(what) of \(who)", text))
    }
    for (who, index) in [
      ("the resident", Personas.resident.index), ("the co-owner", Personas.coOwners[0].index),
      ("the holder of an old deed", Personas.oldDeedHolder.index), ("the villager", Personas.villager.index),
      ("the shop's keeper", Personas.shopKeeper.index),
    ] {
      let person = population.person(index)
      try add(who, "name", person.name)
      try add(who, "identity number", person.citizenNumber)
      try add(who, "telephone", person.phoneNumber)
      try add(who, "address", Self.street(person.addressText))
    }
    for (who, index) in [("the resident", 0), ("the co-owner", 2), ("the holder of an old deed", 1)] {
      let house = population.house(index)
      try add(who, "house", Self.street(house.location))
      try add(who, "unit", house.unitNumber)
      let number = house.deedNumber
      // The old one is the example that messages give of such numbers.
      if house.index == Personas.oldDeeds[0].house { continue }
      try add(who, "deed", number.firstIndex(of: "第").map { String(number[$0...]) } ?? number)
    }
    return secrets
  }

  /// An address behind its district: what stands in it whether or not province and city are told.
  private static func street(_ address: String) -> String {
    address.lastIndex { "区县市".contains($0) }.map { String(address[address.index(after: $0)...]) } ?? address
  }
}
