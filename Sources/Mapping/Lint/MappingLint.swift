public import Documents

/// What is doubtful about the `Mappings` folder as a whole. What is wrong inside one file is reported when it is compiled.
public enum MappingLint {
  /// Reports code lists nobody uses, mappings without samples, samples without expected records, expected records
  /// without a sample, and files that belong to no mapping. All are warnings.
  ///
  /// - Parameter files: the paths of all files below `Mappings`, with `/` between folders:
  ///   `zhejiang-public-data/business-licence/page.json`.
  public static func check(
    _ library: MappingLibrary, files: [String], diagnostics: Diagnostics
  ) {
    for list in library.unusedCodeLists {
      diagnostics.report(
        Diagnostic(
          .warning, file: list.file, line: 1, column: 1,
          message: "no mapping or template uses the code list '\(list.name)'"))
    }
    var samples: [String: [String]] = [:]
    for file in files.sorted() where !file.hasSuffix(".yaml") && !isHidden(file) {
      guard let slash = file.lastIndex(of: "/") else {
        diagnostics.report(
          Diagnostic(
            .warning, file: file, line: 1, column: 1, message: "the file belongs to no mapping"))
        continue
      }
      samples[String(file[..<slash]), default: []].append(String(file[file.index(after: slash)...]))
    }
    for mapping in library.mappings {
      let found = samples.removeValue(forKey: mapping.name) ?? []
      check(mapping, library.file(of: mapping.name), found, diagnostics)
    }
    for template in library.templates {
      let found = samples.removeValue(forKey: template.name) ?? []
      let attached = samples.removeValue(forKey: "\(template.name)/\(TemplateSample.attachmentsFolder)") ?? []
      check(
        template, library.file(of: template.name),
        found + attached.map { "\(TemplateSample.attachmentsFolder)/\($0)" }, diagnostics)
    }
    // Of mappings that have errors nothing more is said.
    for (folder, found) in samples.sorted(by: { $0.key < $1.key }) where !library.hasFile(for: folder) {
      for name in found {
        diagnostics.report(
          Diagnostic(
            .warning, file: "\(folder)/\(name)", line: 1, column: 1,
            message: "there is no mapping '\(folder)'; its samples are never tested"
          ))
      }
    }
  }

  /// Reports the places a mapping looks at that none of its samples has, at their lines. Samples that cannot be read are for the test to tell.
  public static func check(_ mapping: CompiledMapping, samples: [[UInt8]], diagnostics: Diagnostics) {
    var coverage = SampleCoverage(mapping)
    for sample in samples {
      guard let message = try? MessageDocument(parsing: sample, as: mapping.format) else { continue }
      try? coverage.take(message)
    }
    diagnostics.report(contentsOf: coverage.gaps)
  }

  private static func check(
    _ mapping: CompiledMapping, _ file: String, _ found: [String], _ diagnostics: Diagnostics
  ) {
    func warn(_ name: String, _ message: String) {
      diagnostics.report(
        Diagnostic(.warning, file: "\(mapping.name)/\(name)", line: 1, column: 1, message: message))
    }
    let suffix = "." + mapping.format.rawValue
    let expected = Set(found.filter { $0.hasSuffix(expectedSuffix) })
    let samples = found.filter { $0.hasSuffix(suffix) && !expected.contains($0) }
    if samples.isEmpty {
      diagnostics.report(
        Diagnostic(
          .warning, file: file, line: 1, column: 1,
          message: "the mapping has no samples; put messages with invented people into \(mapping.name)/"))
    }
    for name in samples where !expected.contains(name.dropLast(suffix.count) + expectedSuffix) {
      warn(name, "the sample has no expected records; record them with ZHENGDIAN_RECORD=1")
    }
    let cases = Set(samples.map { String($0.dropLast(suffix.count)) })
    for name in found where !samples.contains(name) {
      if !expected.contains(name) {
        warn(name, "the mapping reads \(mapping.format.rawValue), so this is no sample of it")
      } else if !cases.contains(String(name.dropLast(expectedSuffix.count))) {
        warn(name, "there is no sample for these expected records")
      }
    }
  }

  static let expectedSuffix = ".expected.json"

  private static func isHidden(_ file: String) -> Bool {
    file.split(separator: "/").contains { $0.hasPrefix(".") } || file.hasSuffix(".md")
  }
}
