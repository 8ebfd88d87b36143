import Crypto
import Documents

/// A signature by SM2 with SM3 (GB/T 32918.2) to verify.
enum SM2Case {
  static let scheme = "sm2-sm3"

  /// A malformed signature is an invalid one, with a reason. With a key that is none nothing can be valid, and that
  /// is an error too; with a malformed message there is nothing to verify.
  static func verify(_ members: CaseReader, _ writer: inout JSONWriter) throws {
    let message = try bytes("message", try members.text("message"))
    var userID = SM2.defaultUserID
    if let text = try members.optionalText("userId") { userID = try bytes("userId", text) }
    let written = (key: try members.text("publicKey"), signature: try members.text("signature"))
    let key: SM2.PublicKey
    do {
      key = try SM2.PublicKey(hex: written.key)
    } catch {
      writer.member("valid", false)
      throw CaseError("'publicKey': \(error)")
    }
    let signature: [UInt8]
    do {
      signature = try Hex.decode(written.signature)
    } catch {
      writer.member("valid", false)
      writer.member("reason", "the signature is malformed: \(error.message)")
      return
    }
    let isValid = try key.isValid(encodedSignature: signature, for: message, userID: userID)
    writer.member("valid", isValid)
    if !isValid { writer.memberIfPresent("reason", fault(of: signature)) }
  }

  /// Why the bytes are no signature in either form, or `nil` if they are one.
  private static func fault(of signature: [UInt8]) -> String? {
    if signature.count == 64 { return nil }
    do {
      _ = try SM2.Signature(der: signature)
      return nil
    } catch {
      return "the signature is neither r‖s of 64 bytes nor DER of two numbers of 256 bits"
    }
  }

  private static func bytes(_ name: String, _ hexadecimal: String) throws(CaseError) -> [UInt8] {
    do {
      return try Hex.decode(hexadecimal)
    } catch {
      throw CaseError("'\(name)': \(error)")
    }
  }
}
