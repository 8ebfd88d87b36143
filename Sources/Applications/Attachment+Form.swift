import Documents

extension Attachment {
  /// As it is sealed: a line of JSON that describes it, and its bytes.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("name", name)
      $0.member("mediaType", mediaType)
      $0.member("sm3", sm3)
    }
    return writer.takeBytes() + [UInt8(ascii: "\n")] + bytes
  }

  public init(decoding form: [UInt8]) throws {
    let end = form.firstIndex(of: UInt8(ascii: "\n")) ?? form.count
    let json = try JSONDocument(parsing: Array(form[..<end])).root
    self.init(
      name: json["name"]?.string ?? "", mediaType: json["mediaType"]?.string ?? "",
      bytes: Array(form[min(end + 1, form.count)...]), sm3: json["sm3"]?.string ?? "")
  }
}
