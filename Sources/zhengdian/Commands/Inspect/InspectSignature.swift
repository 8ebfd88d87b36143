import Crypto
import Documents

/// `inspect signature`: verifies SM2 signatures.
enum InspectSignature {
  static let command = Command(
    "signature", "Signatures: SM2 verified, and those of platform families made.",
    details: """
      Each line is {"scheme": "sm2-sm3", "publicKey": x‖y, "userId", "message", "signature": DER or r‖s}, all
      hexadecimal; without userId it is 1234567812345678. Each answer is {"valid": true|false}, with "reason" for
      a signature that is malformed, or {"error": …}.
      """
  ) { invocation in
    try await LineBench.run(invocation) { SignatureAnswerer() }
  }
}

struct SignatureAnswerer: LineAnswerer {
  static let verifying = "sm2-sm3"
  private static let members = ["scheme", "publicKey", "userId", "message", "signature"]

  func answer(_ line: Span<UInt8>, _ writer: inout JSONWriter) {
    do {
      let members = try CaseReader(line, names: Self.members)
      let scheme = try members.text("scheme")
      guard scheme == Self.verifying else {
        throw CaseError("'scheme' is \(Self.verifying), not '\(scheme)'")
      }
      try verify(members, &writer)
    } catch {
      writer.member("error", "\(error)")
    }
  }

  /// A malformed signature is an invalid one; with a malformed key or message there is nothing to verify.
  private func verify(_ members: CaseReader, _ writer: inout JSONWriter) throws {
    let message = try Self.bytes("message", try members.text("message"))
    var userID = SM2.defaultUserID
    if let text = try members.optionalText("userId") { userID = try Self.bytes("userId", text) }
    let key = try Self.key(try Self.bytes("publicKey", try members.text("publicKey")))
    let written = try members.text("signature")
    let signature: [UInt8]
    do {
      signature = try Hex.decode(written)
    } catch {
      writer.member("valid", false)
      writer.member("reason", "the signature is malformed: \(error.message)")
      return
    }
    let isValid = try key.isValid(encodedSignature: signature, for: message, userID: userID)
    writer.member("valid", isValid)
    if !isValid { writer.memberIfPresent("reason", Self.fault(of: signature)) }
  }

  private static func key(_ bytes: [UInt8]) throws(CaseError) -> SM2.PublicKey {
    do {
      return try SM2.PublicKey(bytes: bytes)
    } catch {
      throw CaseError("'publicKey': \(error)")
    }
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
