import Applications
import Crypto
import Mapping

/// The records that lie beside a template, in the folder of its name, with the files they attach.
enum TemplateSamples {
  /// The names of a template's samples, in order; none where there is no such folder.
  static func names(in folder: String) throws(InputError) -> [String] {
    guard OutputFile.exists(folder) else { return [] }
    return try InputFolder.files(in: folder, ending: TemplateSample.recordSuffix)
  }

  /// Everything in the folder `attachments` beside a record.
  static func attachments(beside record: String) throws(InputError) -> [Attachment] {
    guard let slash = record.lastIndex(of: "/") else {
      return try attachments(in: TemplateSample.attachmentsFolder)
    }
    return try attachments(in: record[..<slash] + "/" + TemplateSample.attachmentsFolder)
  }

  static func attachments(in folder: String) throws(InputError) -> [Attachment] {
    guard OutputFile.exists(folder) else { return [] }
    var attachments: [Attachment] = []
    for name in try InputFolder.files(in: folder, ending: "") {
      let bytes = try InputFile.read("\(folder)/\(name)", most: MappingSamples.largest)
      // The record says what kind of file it is; it is found by its digest.
      attachments.append(
        Attachment(name: name, mediaType: "", bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes))))
    }
    return attachments
  }
}

extension MappingTestRun {
  /// - Parameter folder: where the template's samples lie.
  mutating func test(_ template: CompiledTemplate, folder: String) throws -> [Outcome] {
    let samples = try TemplateSamples.names(in: folder)
    guard !samples.isEmpty else {
      return [untested(template.name, "there are no samples: put records of invented people into \(folder)/")]
    }
    let attachments = try TemplateSamples.attachments(in: "\(folder)/\(TemplateSample.attachmentsFolder)")
    var outcomes: [Outcome] = []
    for name in samples {
      let stem = name.dropLast(TemplateSample.recordSuffix.utf8.count)
      let expected = "\(folder)/\(stem)\(TemplateSample.expectedSuffix(template.format))"
      let record = try InputFile.read("\(folder)/\(name)", most: MappingSamples.largest)
      outcomes.append(
        try judge(template.name, sample: "\(folder)/\(name)", expected: expected) {
          try TemplateTest.outcome(of: template, record: record, attachments: attachments)
        } differences: { expected in
          try TemplateTest.differences(
            of: template, record: record, attachments: attachments, expected: expected)
        })
    }
    return outcomes
  }
}
