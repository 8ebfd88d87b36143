import Documents

/// A file of `Mappings/codes`:
///
///     codes: zhejiang/registration-state    # must equal the file's place
///     title: 登记状态                        # may be left out
///     entries:
///       "1": "01"
enum CodeListFile {
  /// Nil after a report.
  static func parse(_ source: MappingSource, _ diagnostics: Diagnostics) -> CodeTable? {
    guard let document = YAMLDocument(parsing: source.bytes, file: source.file, diagnostics: diagnostics)
    else { return nil }
    return ConfigurationReader.read(document.root, as: "codes", diagnostics) { reader in
      let name = reader.text("codes")
      if name != source.name, !name.isEmpty {
        reader.error("must be '\(source.name)', the file's place, not '\(name)'", at: "codes")
      }
      _ = reader.text(ifPresent: "title")
      let entries = reader.dictionary("entries") { $0.text() }
      if entries.isEmpty, reader.has("entries") { reader.error("needs at least one entry", at: "entries") }
      return CodeTable(name: source.name, entries: entries)
    }
  }
}
