/// A key that wraps other keys and nothing else. Its 32 bytes are never used directly: encryption and tag have keys
/// of their own, derived by HMAC-SM3 under a label, so that neither says anything about the other.
final class MasterKey: Sendable {
  static let byteCount = 32

  let id: String
  private let key: SealingKey

  init(id: String, secret: SecretBytes) {
    self.id = id
    let derivation = HMACContext(.sm3)
    unsafe secret.withBytes { unsafe derivation.setKey($0) }
    var derived = MasterKey.derive(derivation, "zhengdian wrap encryption")[..<16]
    derived += MasterKey.derive(derivation, "zhengdian wrap authentication")
    var material = Array(derived)
    derived = []
    key = SealingKey(SecretBytes(material.span))
    cleanse(&material)
  }

  func wrap(_ secret: SecretBytes, header: [UInt8], context: [UInt8]) -> [UInt8] {
    var plain = secret.copy()
    defer { cleanse(&plain) }
    return key.withContext { $0.seal(plain.span, header: header, context: context.span) }
  }

  func unwrap(_ wrapped: [UInt8], headerByteCount: Int, context: [UInt8]) -> SecretBytes? {
    guard
      var plain = key.withContext({
        $0.open(wrapped.span, headerByteCount: headerByteCount, context: context.span)
      })
    else { return nil }
    defer { cleanse(&plain) }
    return SecretBytes(plain.span)
  }

  private static func derive(_ context: HMACContext, _ label: String) -> [UInt8] {
    context.restart()
    context.update(label.utf8.span)
    return context.finish()
  }
}
