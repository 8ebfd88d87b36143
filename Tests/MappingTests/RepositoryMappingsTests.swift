import Applications
import Crypto
import Documents
import Foundation
import Mapping
import Testing

/// The mappings of the repository: no error and no warning, and every sample gives what was recorded and reviewed.
@Suite struct RepositoryMappingsTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Mappings").resolvingSymlinksInPath().path()

  @Test func haveNothingToComplainAbout() throws {
    let folder = try MappingsFolder(Self.folder)
    let diagnostics = Diagnostics()
    let library = MappingLibrary(
      mappings: folder.mappings, codeLists: folder.codeLists, diagnostics: diagnostics)
    MappingLint.check(library, files: folder.samples, diagnostics: diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    #expect(library.mappings.count + library.templates.count == folder.mappings.count)
    #expect(library.mappings.count >= 8)
  }

  @Test func giveTheExpectedRecords() throws {
    let folder = try MappingsFolder(Self.folder)
    let library = MappingLibrary(
      mappings: folder.mappings, codeLists: folder.codeLists, diagnostics: Diagnostics())
    let records = ProcessInfo.processInfo.environment["ZHENGDIAN_RECORD"] == "1"
    #expect(library.mappings.count >= 8)
    for mapping in library.mappings {
      let suffix = "." + mapping.format.rawValue
      let samples = folder.samples.filter {
        $0.hasPrefix(mapping.name + "/") && $0.hasSuffix(suffix) && !$0.hasSuffix(".expected.json")
      }
      #expect(samples.count >= 2, "\(mapping.name) needs a good page and a poisoned one")
      for sample in samples {
        let expectedFile = sample.dropLast(suffix.count) + ".expected.json"
        let bytes = try folder.bytes(of: sample)
        if records {
          try Data(MappingTest.outcome(of: mapping, sample: bytes))
            .write(to: URL(filePath: "\(folder.path)/\(expectedFile)"))
          Issue.record("recorded \(expectedFile): look at it, then run without ZHENGDIAN_RECORD")
          continue
        }
        let expected = try folder.bytes(of: String(expectedFile))
        let differences = try MappingTest.differences(of: mapping, sample: bytes, expected: expected)
        #expect(differences == [], "\(sample)")
      }
    }
  }

  @Test func giveTheExpectedMessages() throws {
    let folder = try MappingsFolder(Self.folder)
    let library = MappingLibrary(
      mappings: folder.mappings, codeLists: folder.codeLists, diagnostics: Diagnostics())
    let records = ProcessInfo.processInfo.environment["ZHENGDIAN_RECORD"] == "1"
    #expect(library.templates.count >= 3)
    for template in library.templates {
      let own = folder.samples.filter { $0.hasPrefix(template.name + "/") }
      var attachments: [Applications.Attachment] = []
      for file in own where file.hasPrefix("\(template.name)/\(TemplateSample.attachmentsFolder)/") {
        let bytes = try folder.bytes(of: file)
        attachments.append(
          Applications.Attachment(
            name: "", mediaType: "", bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes))))
      }
      let samples = own.filter { $0.hasSuffix(TemplateSample.recordSuffix) }
      #expect(!samples.isEmpty, "\(template.name)")
      for sample in samples {
        let expectedFile =
          sample.dropLast(TemplateSample.recordSuffix.count) + TemplateSample.expectedSuffix(template.format)
        let record = try folder.bytes(of: sample)
        if records {
          try Data(TemplateTest.outcome(of: template, record: record, attachments: attachments))
            .write(to: URL(filePath: "\(folder.path)/\(expectedFile)"))
          Issue.record("recorded \(expectedFile): look at it, then run without ZHENGDIAN_RECORD")
          continue
        }
        let differences = try TemplateTest.differences(
          of: template, record: record, attachments: attachments,
          expected: try folder.bytes(of: String(expectedFile)))
        #expect(differences == [], "\(sample)")
      }
      #expect(try CompiledTemplate(bundle: template.bundle).bundle == template.bundle)
    }
  }

  /// A mapping compiled again from its bundle gives the same, from the sources it was packed with.
  @Test func surviveTheirBundles() throws {
    let folder = try MappingsFolder(Self.folder)
    let library = MappingLibrary(
      mappings: folder.mappings, codeLists: folder.codeLists, diagnostics: Diagnostics())
    #expect(library.mappings.count >= 8)
    for mapping in library.mappings {
      let again = try CompiledMapping(bundle: mapping.bundle)
      #expect(again.bundle == mapping.bundle)
      #expect(again.codeLists == mapping.codeLists)
      for sample in folder.samples
      where sample.hasPrefix(mapping.name + "/page.") && !sample.hasSuffix(".expected.json") {
        let bytes = try folder.bytes(of: sample)
        #expect(
          try MappingTest.outcome(of: again, sample: bytes)
            == MappingTest.outcome(of: mapping, sample: bytes))
      }
    }
  }

  /// Each record can be derived again from its locator, and each field names its place in the message.
  @Test func recordsAreDerivedAgainFromTheirLocators() throws {
    let folder = try MappingsFolder(Self.folder)
    let library = MappingLibrary(
      mappings: folder.mappings, codeLists: folder.codeLists, diagnostics: Diagnostics())
    #expect(library.mappings.count >= 8)
    for mapping in library.mappings {
      let page = "\(mapping.name)/page.\(mapping.format.rawValue)"
      let message = try MessageDocument(parsing: folder.bytes(of: page), as: mapping.format)
      let result = try mapping.apply(to: message)
      #expect(!result.records.isEmpty)
      for mapped in result.records {
        let row = try #require(try mapping.derive(mapped.locator, entity: mapped.entity, in: message))
        #expect(row.record == mapped.record)
        #expect(row.warnings == mapped.warnings)
        #expect(!row.fields.isEmpty)
        for field in row.fields {
          guard let source = field.source else { continue }
          let raw = try #require(field.raw)
          #expect(try Resolver.texts(at: source, in: message).contains(raw), "\(source)")
        }
      }
    }
  }
}

/// Reads a folder of mappings.
struct MappingsFolder {
  let path: String
  var mappings: [MappingSource] = []
  var codeLists: [MappingSource] = []
  /// Everything but the mappings and code lists, relative to the folder.
  var samples: [String] = []

  init(_ path: String) throws {
    self.path = path
    let entries = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    for file in entries.sorted() {
      let values = try URL(filePath: "\(path)/\(file)").resourceValues(forKeys: [.isRegularFileKey])
      guard values.isRegularFile == true else { continue }
      guard file.hasSuffix(".yaml") else {
        samples.append(file)
        continue
      }
      let name = String(file.dropLast(".yaml".count))
      let bytes = try bytes(of: file)
      if name.hasPrefix("codes/") {
        codeLists.append(MappingSource(name: String(name.dropFirst(6)), file: file, bytes: bytes))
      } else {
        mappings.append(MappingSource(name: name, file: file, bytes: bytes))
      }
    }
  }

  func bytes(of file: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: "\(path)/\(file)")))
  }
}

/// Finds a text by the absolute path a derivation names.
enum Resolver {
  static func texts(at path: String, in message: MessageDocument) throws -> [String] {
    switch message {
    case .json(let document):
      let node = try #require(try JSONPath(path).first(in: document.root))
      return [node.scalarText ?? ""]
    case .xml(let document): return try XPath(path).strings(in: document)
    }
  }
}
