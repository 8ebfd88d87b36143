import Adapters
import Documents
import FoundationEssentials
import Mapping

/// The YAML files of a folder, by their name below it without extension.
struct SourceFiles {
  let files: [(name: String, file: String, bytes: [UInt8])]

  init(_ folder: String) throws {
    let manager = FileManager.default
    // A region's policy is no manifest.
    let paths = try manager.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("/policy.yaml") }
    files = try paths.sorted().map { path in
      let file = folder + "/" + path
      guard let data = manager.contents(atPath: file) else { throw Failure("\(file) cannot be read") }
      return (String(path.dropLast(5)), file, [UInt8](data))
    }
  }

  func adapters() throws -> AdapterLibrary {
    let diagnostics = Diagnostics()
    let library = AdapterLibrary(
      files.map { AdapterLibrary.Source(name: $0.name, file: $0.file, bytes: $0.bytes) }, diagnostics)
    try diagnostics.throwIfErrors()
    return library
  }

  func mappings() throws -> MappingLibrary {
    let diagnostics = Diagnostics()
    let prefix = "codes/"
    let codes = files.filter { $0.name.hasPrefix(prefix) }.map {
      MappingSource(name: String($0.name.dropFirst(prefix.count)), file: $0.file, bytes: $0.bytes)
    }
    let mappings = files.filter { !$0.name.hasPrefix(prefix) && !$0.name.contains("samples") }.map {
      MappingSource(name: $0.name, file: $0.file, bytes: $0.bytes)
    }
    let library = MappingLibrary(mappings: mappings, codeLists: codes, diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    return library
  }
}
