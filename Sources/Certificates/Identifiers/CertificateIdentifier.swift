/// 电子证照标识, GB/T 36904: `1.2.156.3005.2.<type 21>.<issuer>.<serial 9–32>.<version 3>.<check>`.
///
/// The type is the code of the authority that defined it (18) and a number (3); the issuer is a code of 18 characters,
/// or a bare area code of 6. The check is ISO 7064 MOD 37,36 over type, issuer, serial and version. Another root and
/// checks computed in other ways exist in the wild: such an identifier stays readable (its parts are given) and the
/// report says what is wrong; a record keeps it.
enum CertificateIdentifier {
  private static let root = "1.2.156.3005.2"
  private static let otherRoot = "1.2.156.3003.2"

  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard let bytes = inspection.ascii(tidy) else { return nil }
    let groups = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard groups.count == 10 else {
      inspection.fail(
        .wrongForm,
        "10 groups between dots are needed (root 5, type, issuer, serial, version, check), there are \(groups.count)"
      )
      return nil
    }
    readRoot(groups[0..<5].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "."), &inspection)
    let (type, issuer, serial, version, check) = (groups[5], groups[6], groups[7], groups[8], groups[9])
    for (name, group) in [
      ("type", type), ("issuer", issuer), ("serial", serial), ("version", version), ("check", check),
    ] {
      for (index, byte) in group.enumerated() where CheckCharacter.value36(byte) == nil {
        inspection.fail(
          .illegalCharacter,
          "the \(name) has digits and capitals, but its character \(index + 1) is \(Inspection.show(byte))")
      }
    }
    checkLengths(type, issuer, serial, version, check, &inspection)
    inspection.part("type", type)
    inspection.part("issuer", issuer)
    inspection.part("serial", serial)
    inspection.part("version", version)
    inspection.part("check", check)
    guard !inspection.hasFailed, let given = check.first else { return nil }
    verify(given, Array(type) + issuer + serial + version, bytes, &inspection)
    warn(type, issuer, version, &inspection)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func readRoot(_ text: String, _ inspection: inout Inspection) {
    inspection.part("root", text)
    switch text {
    case root: break
    case otherRoot:
      inspection.warn(.nonStandard, "the root \(otherRoot) is in use but not the standard's (\(root))")
    default: inspection.fail(.wrongForm, "the root is not \(root)")
    }
  }

  private static func checkLengths(
    _ type: ArraySlice<UInt8>, _ issuer: ArraySlice<UInt8>, _ serial: ArraySlice<UInt8>,
    _ version: ArraySlice<UInt8>, _ check: ArraySlice<UInt8>, _ inspection: inout Inspection
  ) {
    if type.count != 21 {
      inspection.fail(.wrongLength, "the type has 21 characters, here it has \(type.count)")
    } else if !type.suffix(3).allSatisfy(\.isDigit) {
      inspection.fail(.illegalCharacter, "the type ends in three digits")
    }
    if issuer.count != 18, issuer.count != 6 {
      inspection.fail(
        .wrongLength, "the issuer has 18 characters (or 6, an area code), here it has \(issuer.count)")
    } else if issuer.count == 6, !issuer.allSatisfy(\.isDigit) {
      inspection.fail(.illegalCharacter, "an issuer of 6 characters is an area code and has only digits")
    }
    if !(9...32).contains(serial.count) {
      inspection.fail(.wrongLength, "the serial has 9 to 32 characters, here it has \(serial.count)")
    }
    if version.count != 3 {
      inspection.fail(.wrongLength, "the version has 3 digits, here it has \(version.count) characters")
    } else if !version.allSatisfy(\.isDigit) {
      inspection.fail(.illegalCharacter, "the version has only digits")
    }
    if check.count != 1 {
      inspection.fail(.wrongLength, "the check is one character, here it has \(check.count)")
    }
  }

  private static func verify(
    _ given: UInt8, _ checked: [UInt8], _ whole: [UInt8], _ inspection: inout Inspection
  ) {
    guard let expected = CheckCharacter.certificateIdentifier(checked), expected != given else { return }
    // A way of computing that was seen: the digits of the root taken along.
    let withRoot = Array(whole.dropLast().filter { $0 != UInt8(ascii: ".") })
    let hint =
      CheckCharacter.certificateIdentifier(withRoot) == given
      ? "; it was computed with the root, which the standard leaves out" : ""
    inspection.fail(
      .wrongCheck,
      "the check character is \(Inspection.plain(given)), the others give \(Inspection.plain(expected))\(hint)"
    )
  }

  private static func warn(
    _ type: ArraySlice<UInt8>, _ issuer: ArraySlice<UInt8>, _ version: ArraySlice<UInt8>,
    _ inspection: inout Inspection
  ) {
    if !isSocialCreditCode(type.prefix(18)) {
      inspection.warn(.innerCheck, "the authority in the type has no right check character")
    }
    if issuer.count == 6 {
      inspection.warn(.nonStandard, "the issuer is a bare area code instead of an authority's code")
    } else if !isSocialCreditCode(issuer) {
      inspection.warn(.innerCheck, "the issuer's code has no right check character")
    }
    if version.allSatisfy({ $0 == UInt8(ascii: "0") }) {
      inspection.warn(.unlikely, "versions start at 001")
    }
    if let kind = CertificateTypeCode.title(String(decoding: type, as: UTF8.self)) {
      inspection.part("typeTitle", kind)
    }
  }

  private static func isSocialCreditCode(_ code: ArraySlice<UInt8>) -> Bool {
    CheckCharacter.socialCreditCode(code.dropLast()) == code.last
  }
}
