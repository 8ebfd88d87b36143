import CivilTime
public import Documents

/// The canonical JSON of a record: fields in the schema's order, empty groups left out, dates as `2019-04-17`, times in
/// UTC with milliseconds, decimals as text in canonical form. Equal records have equal bytes.
extension CertificateRecord {
  /// The record as compact canonical JSON in UTF-8.
  public func encode() -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 1024)
    write(to: &writer)
    return writer.takeBytes()
  }

  /// The same, and how many of the bytes at its beginning tell what the certificate says: all but `management`, which comes last
  /// and tells where and when.
  public func encodeMarkingContent() -> (bytes: [UInt8], contentCount: Int) {
    var writer = JSONWriter(reservingCapacity: 1024)
    let contentCount = write(to: &writer)
    return (writer.takeBytes(), contentCount)
  }

  /// Writes the record as one JSON object. Returns how long the writer's text was when all but `management` was written.
  @discardableResult
  public func write(to writer: inout JSONWriter) -> Int {
    var contentCount = 0
    writer.object { writer in
      writer.member("kind", kind.rawValue)
      Self.write(basic, as: "basic", to: &writer)
      if !holders.isEmpty {
        writer.member("holders") { writer in
          writer.array { writer in
            for holder in holders { writer.object { Self.writeMembers(holder, to: &$0) } }
          }
        }
      }
      Self.write(specific, as: "specific", to: &writer)
      contentCount = writer.bytes.count
      Self.write(management, as: "management", to: &writer)
    }
    return contentCount
  }

  private static func write(_ values: FieldValues, as name: String, to writer: inout JSONWriter) {
    guard !values.isEmpty else { return }
    writer.member(name) { writer in writer.object { writeMembers(values, to: &$0) } }
  }

  private static func writeMembers(_ values: FieldValues, to writer: inout JSONWriter) {
    for entry in values.entries {
      let name = entry.field.name
      switch entry.value {
      case .text(let text), .decimal(let text): writer.member(name, text)
      case .texts(let texts): writer.member(name, texts)
      case .date(let date): writer.member(name, date.description)
      case .timestamp(let timestamp): writer.member(name, timestamp.iso8601)
      case .flag(let flag): writer.member(name, flag)
      }
    }
  }
}
