import Documents
import Exchanges
import Gateway
import Mapping

/// Mappings and code lists as files.
enum MappingSources {
  /// Mappings to look at, with the code lists they may use.
  struct Selection: Sendable {
    let mappings: [MappingSource]
    let codeLists: [MappingSource]

    /// The folder of a mapping's samples lies beside its file, under the same name.
    func sampleFolder(of name: String) -> String {
      let file = mappings.first { $0.name == name }?.file ?? name
      return file.hasSuffix(".yaml") ? String(file.dropLast(".yaml".count)) : file
    }
  }

  static func mappings(in place: LibraryPlace) throws(GatewayError) -> [MappingSource] {
    try place.folder.mappings().map { MappingSource(name: $0.name, file: $0.path, bytes: $0.bytes) }
  }

  static func codeLists(in place: LibraryPlace) throws(GatewayError) -> [MappingSource] {
    try place.folder.codeLists().map { MappingSource(name: $0.name, file: $0.path, bytes: $0.bytes) }
  }

  /// The files named, or all of the folder if none are. One that lies outside the folder, such as a draft, goes by the
  /// name it gives itself.
  static func selection(of files: [String], in place: LibraryPlace) throws(GatewayError) -> Selection {
    let codeLists = try codeLists(in: place)
    guard !files.isEmpty else {
      return Selection(mappings: try mappings(in: place), codeLists: codeLists)
    }
    var chosen: [MappingSource] = []
    for file in files where !chosen.contains(where: { $0.file == file }) {
      let bytes = try FileReading.bytes(of: file)
      chosen.append(
        MappingSource(
          name: place.name(of: file) ?? YAMLNames.text("mapping", in: bytes)
            ?? YAMLNames.text("template", in: bytes) ?? file, file: file,
          bytes: bytes))
    }
    return Selection(mappings: chosen, codeLists: codeLists)
  }
}

/// A look into a file before it is read in earnest.
enum YAMLNames {
  /// The text of a key at the top; `nil` when there is none or the file is no YAML, which is reported where it is read.
  static func text(_ key: String, in bytes: [UInt8]) -> String? {
    YAMLDocument(parsing: bytes, file: "", diagnostics: Diagnostics())?.root[key]?.asText
  }
}
