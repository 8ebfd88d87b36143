import Documents

/// `inspect signature`: verifies SM2 signatures, and makes those of a family of platforms.
enum InspectSignature {
  static let adapters = CommandOption<String>.path(
    "adapters", "DIR", "The folder of adapters; the one that comes with the program if not given.")

  static let command = Command(
    "signature", "Signatures: SM2 verified, and those of platform families made.",
    details: """
      To verify, a line is {"scheme": "sm2-sm3", "publicKey": x‖y, "userId", "message", "signature": DER or
      r‖s}, all hexadecimal; without userId it is that of 1234567812345678. The answer is
      {"valid": true|false}, with "reason" for a signature that is malformed.

      To make one, a line is {"scheme": a family's name, "values": {…}} with the names the family's manifest
      gives its values. The answer is {"text": what is signed, "signature": …}.
      """,
    options: [adapters]
  ) { invocation in
    let folder: Result<String, CommandFailure>
    if let given = invocation[adapters] {
      folder = .success(given)
      // A wrong option is said at once, not on every line.
      try await OwnThread.run {
        var families = FamilySignatures(folder: folder)
        _ = try families.all()
      }
    } else {
      let environment = invocation.environment
      folder = Result { () throws(CommandFailure) in try ShareFolder.find(environment).adapters }
    }
    return try await LineBench.run(invocation) {
      SignatureAnswerer(families: FamilySignatures(folder: folder))
    }
  }
}

struct SignatureAnswerer: LineAnswerer {
  private static let members = ["scheme", "publicKey", "userId", "message", "signature", "values"]

  var families: FamilySignatures

  mutating func answer(_ line: Span<UInt8>, _ writer: inout JSONWriter) {
    do {
      let members = try CaseReader(line, names: Self.members)
      let scheme = try members.text("scheme")
      if scheme == SM2Case.scheme {
        try SM2Case.verify(members, &writer)
      } else {
        try sign(scheme, try members.object("values"), &writer)
      }
    } catch {
      writer.member("error", "\(error)")
    }
  }
}
