extension SM2 {
  /// In which order a raw ciphertext has its parts: C1 the point, C2 the text, C3 the hash.
  public enum CiphertextOrder: String, CaseIterable, Sendable {
    /// GB/T 32918.4-2016.
    case c1c3c2
    /// The older order, still sent by some platforms.
    case c1c2c3
  }

  /// How a ciphertext is written.
  public enum CiphertextForm: Hashable, Sendable {
    /// The SEQUENCE of GM/T 0009: x, y, C3, C2.
    case der
    /// 04‖x‖y and the rest in the order given.
    case raw(CiphertextOrder)
    /// x‖y without the 04, and the rest in the order given.
    case unprefixed(CiphertextOrder)
  }

  /// The parts of a ciphertext.
  struct Ciphertext {
    let x: [UInt8]
    let y: [UInt8]
    let hash: [UInt8]
    let text: [UInt8]

    init?(der: [UInt8]) {
      guard var reader = DERReader.onlySequence(in: der), let x = reader.unsignedInteger(byteCount: 32),
        let y = reader.unsignedInteger(byteCount: 32), let hash = reader.octetString(), hash.count == 32,
        let text = reader.octetString(), !text.isEmpty, reader.isAtEnd
      else { return nil }
      self.x = x
      self.y = y
      self.hash = hash
      self.text = text
    }

    /// `bytes` begins with x.
    init?(unprefixed bytes: ArraySlice<UInt8>, order: CiphertextOrder) {
      guard bytes.count > 96 else { return nil }
      x = Array(bytes.prefix(32))
      y = Array(bytes.dropFirst(32).prefix(32))
      let rest = bytes.dropFirst(64)
      switch order {
      case .c1c3c2:
        hash = Array(rest.prefix(32))
        text = Array(rest.dropFirst(32))
      case .c1c2c3:
        text = Array(rest.dropLast(32))
        hash = Array(rest.suffix(32))
      }
    }

    var der: [UInt8] {
      var writer = DERWriter()
      writer.unsignedInteger(x)
      writer.unsignedInteger(y)
      writer.octetString(hash)
      writer.octetString(text)
      return writer.sequence()
    }

    func raw(_ order: CiphertextOrder) -> [UInt8] {
      switch order {
      case .c1c3c2: x + y + hash + text
      case .c1c2c3: x + y + text + hash
      }
    }
  }
}
