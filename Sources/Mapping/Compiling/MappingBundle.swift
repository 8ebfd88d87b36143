import Documents

/// The sources of one mapping or template in one piece, as canonical JSON:
/// `{"files":[{"role":"mapping","name":…,"file":…,"text":…},{"role":"codes",…},…]}`, the mapping or template first, then the code
/// lists it uses by name.
enum MappingBundle {
  enum Role: String {
    case mapping, template
  }

  /// - Parameter namesFiles: false leaves out where the files lay, which is no part of what they say.
  static func pack(
    _ mapping: MappingSource, _ codeLists: [MappingSource], role: Role, namesFiles: Bool = true
  ) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: mapping.bytes.count * 2)
    writer.object { writer in
      writer.member("files") { writer in
        writer.array { writer in
          write(mapping, role.rawValue, namesFiles, &writer)
          for list in codeLists.sorted(by: { $0.name < $1.name }) {
            write(list, "codes", namesFiles, &writer)
          }
        }
      }
    }
    return writer.takeBytes()
  }

  static func unpack(_ bundle: [UInt8], role wanted: Role) throws(MappingError) -> (
    mapping: MappingSource, codes: [MappingSource]
  ) {
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: bundle)
    } catch {
      throw MappingError(.damagedBundle, "the bundle of the mapping is not JSON: \(error.message)")
    }
    var mapping: MappingSource?
    var codes: [MappingSource] = []
    for file in document.root["files"]?.elements ?? document.root.elements {
      guard let role = file["role"]?.string, let name = file["name"]?.string,
        let path = file["file"]?.string, let text = file["text"]?.string
      else { throw MappingError(.damagedBundle, "a file of the bundle has no role, name or text") }
      let source = MappingSource(name: name, file: path, bytes: Array(text.utf8))
      switch role {
      case wanted.rawValue where mapping == nil: mapping = source
      case "codes": codes.append(source)
      default:
        throw MappingError(
          .damagedBundle, "the bundle of a \(wanted.rawValue) holds a file of role '\(role)'")
      }
    }
    guard let mapping else { throw MappingError(.damagedBundle, "the bundle holds no \(wanted.rawValue)") }
    return (mapping, codes)
  }

  private static func write(
    _ source: MappingSource, _ role: String, _ namesFile: Bool, _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("role", role)
      writer.member("name", source.name)
      if namesFile { writer.member("file", source.file) }
      // YAML that is not UTF-8 is refused before it comes here.
      writer.member("text", String(decoding: source.bytes, as: UTF8.self))
    }
  }
}
