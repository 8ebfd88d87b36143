public import Documents

extension IdentifierReport {
  /// Writes the report as one object: `input`, `valid`, `normal` (or `null`), `reasons` and `warnings` as
  /// `code: sentence`, and `parts`.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("input", input)
      writer.member("valid", isValid)
      writer.member("normal", normal)
      writer.member("reasons", reasons.map(\.description))
      writer.member("warnings", warnings.map(\.description))
      writer.member("parts") { writer in
        writer.object { writer in
          for part in parts { writer.member(part.name, part.value) }
        }
      }
    }
  }
}
