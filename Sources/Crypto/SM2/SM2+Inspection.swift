extension SM2 {
  /// What became of a signature that was given as text.
  public struct Inspection: Hashable, Sendable {
    public let isValid: Bool
    /// Why not; nil for a valid signature.
    public let reason: String?
  }

  /// Verifies a case given in hexadecimal: key x‖y (or 04‖x‖y), user id, message, signature as DER or r‖s. Never
  /// fails: what cannot be read is not valid, and the reason says so.
  public static func inspect(
    publicKey: String, userID: String, message: String, signature: String
  ) -> Inspection {
    do throws(CryptoError) {
      let point = try Hex.decode(publicKey)
      guard point.count == 64 || point.count == 65 else {
        return Inspection(isValid: false, reason: "the public key is neither x‖y (64 bytes) nor 04‖x‖y (65)")
      }
      let key = try PublicKey(bytes: point)
      let userID = try Hex.decode(userID)
      let message = try Hex.decode(message)
      let signature = try Hex.decode(signature)
      if try key.isValid(encodedSignature: signature, for: message, userID: userID) {
        return Inspection(isValid: true, reason: nil)
      }
      let isWellFormed =
        signature.count == 64
        || attempt({ () throws(CryptoError) in try Signature(der: signature) }) != nil
      return Inspection(
        isValid: false,
        reason: isWellFormed
          ? "the signature does not belong to this message, key and user id"
          : "the signature is neither strict DER nor r‖s of 64 bytes")
    } catch {
      return Inspection(isValid: false, reason: error.message)
    }
  }
}
