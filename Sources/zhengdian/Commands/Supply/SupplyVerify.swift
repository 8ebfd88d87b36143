import Crypto
import Documents

/// `supply verify`: whether a verdict is what was signed.
enum SupplyVerify {
  static let file = Positional("FILE", "A verdict as JSON; - is standard input.")
  static let key = CommandOption<String>.text(
    "key", "HEX", "The public key that must have signed, as 'journal checkpoint' shows it.")

  private static let largestVerdict = 4 << 20

  static let command = Command(
    "verify", "Checks that a verdict is what was signed (SM2). Needs no database.",
    details: "Takes what the interface and 'supply show --json' give. Exit code 1 when it was altered.",
    options: [key], positionals: [file]
  ) { invocation in
    let name = invocation[file].first ?? "-"
    let json = try JSONDocument(parsing: try invocation.input.read(name, most: largestVerdict))
    guard let statement = json.root["statement"], let signer = json.root["publicKey"]?.string,
      let signature = json.root["signature"]?.string
    else { throw CommandFailure(.failure, "\(name) is no verdict") }
    let isExpected = invocation[key].map { $0.lowercased() == signer } ?? true
    let isSigned = try SM2.PublicKey(bytes: try Hex.decode(signer)).isValid(
      encodedSignature: try Hex.decode(signature), for: statement.writtenBytes)
    if invocation.wantsJSON {
      invocation.output.json {
        $0.member("valid", isSigned && isExpected)
        $0.member("publicKey", signer)
      }
    } else if !isSigned {
      invocation.output.line("the verdict is not what was signed: it, the key or the signature was altered")
    } else {
      invocation.output.line(
        isExpected
          ? "the verdict is whole; signed with \(signer)"
          : "the verdict is signed with another key: \(signer)")
    }
    return isSigned && isExpected ? .done : .failure
  }
}
