public import Documents

/// The files beside a template: `<case>.record.json` and what it must give, `<case>.expected.json` or `.xml`; attachments lie in `attachments/`.
public enum TemplateSample {
  public static let recordSuffix = ".record.json"
  public static let attachmentsFolder = "attachments"

  /// `.expected.json`
  public static func expectedSuffix(_ format: MessageFormat) -> String { ".expected.\(format.rawValue)" }
}

extension MappingLint {
  /// - Parameter found: the names of the files in the template's folder.
  static func check(
    _ template: CompiledTemplate, _ file: String, _ found: [String], _ diagnostics: Diagnostics
  ) {
    func warn(_ name: String, _ message: String) {
      diagnostics.report(
        Diagnostic(.warning, file: "\(template.name)/\(name)", line: 1, column: 1, message: message))
    }
    let expectedSuffix = TemplateSample.expectedSuffix(template.format)
    let records = found.filter { $0.hasSuffix(TemplateSample.recordSuffix) }
    let cases = Set(records.map { $0.dropLast(TemplateSample.recordSuffix.count) })
    if records.isEmpty {
      diagnostics.report(
        Diagnostic(
          .warning, file: file, line: 1, column: 1,
          message: "the template has no samples; put records of invented people into \(template.name)/"))
    }
    for name in records
    where !found.contains(name.dropLast(TemplateSample.recordSuffix.count) + expectedSuffix) {
      warn(name, "the sample has no expected message; record it with ZHENGDIAN_RECORD=1")
    }
    for name in found where !records.contains(name) && !name.hasPrefix(TemplateSample.attachmentsFolder + "/")
    {
      if !name.hasSuffix(expectedSuffix) {
        warn(name, "a template has records (.record.json), and this is none")
      } else if !cases.contains(name.dropLast(expectedSuffix.count)) {
        warn(name, "there is no record for this expected message")
      }
    }
  }
}
