import Documents

/// Who decides something, and why: a line each, kept sealed with what was decided.
public struct SignOff: Hashable, Sendable {
  public let name: String
  public let reason: String
  /// What showed who it is; nil where nobody asked, or where the program decides itself.
  public let credential: Credential?

  /// - Throws: ``SignOffError`` unless name and reason are each a line of 1 to 500 bytes.
  public init(name: String, reason: String, credential: Credential? = nil) throws(SignOffError) {
    func isUsable(_ text: String) -> Bool {
      1...500 ~= text.utf8.count && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
    guard isUsable(name), isUsable(reason) else {
      throw SignOffError(
        .incomplete, "a decision needs a name and a reason, each a line of at most 500 bytes",
        remedy: "say who decides and why")
    }
    self.name = name
    self.reason = reason
    self.credential = credential
  }

  /// As it is sealed: one line of JSON.
  public var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("name", name)
      $0.member("reason", reason)
      $0.memberIfPresent("credential", credential?.holder)
      $0.memberIfPresent("certificate", credential?.certificate)
    }
    return writer.takeBytes()
  }

  /// - Throws: ``SignOffError`` `unreadable` for other bytes than ``encoded`` gives, or the two lines that trials of mappings were once signed with.
  public init(decoding bytes: [UInt8]) throws(SignOffError) {
    // A line of JSON holds no end of a line, and two lines do.
    if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
      try self.init(
        name: String(decoding: bytes[..<end], as: UTF8.self),
        reason: String(decoding: bytes[(end + 1)...], as: UTF8.self))
      return
    }
    guard let json = try? JSONDocument(parsing: bytes).root, let name = json["name"]?.string,
      let reason = json["reason"]?.string
    else {
      throw SignOffError(
        .unreadable, "who decided, and why, is not whole", remedy: "compare the database with a backup")
    }
    let credential = json["credential"]?.string.map {
      Credential(holder: $0, certificate: json["certificate"]?.string)
    }
    try self.init(name: name, reason: reason, credential: credential)
  }

  /// Whether somebody else stands behind the other: another name, and another credential. Names are compared without case, since people type them; who has
  /// shown nothing is nobody else.
  public func isSomebodyElse(than other: SignOff) -> Bool {
    guard let credential, let others = other.credential else { return false }
    return name.lowercased() != other.name.lowercased() && credential.isAnother(than: others)
  }
}

public typealias SignOffError = CodedError<SignOffErrorCode>

public enum SignOffErrorCode: String, Sendable {
  /// Name or reason are missing, or more than a line.
  case incomplete = "sign-off-incomplete"
  /// What was sealed is no sign-off.
  case unreadable = "sign-off-unreadable"
}
