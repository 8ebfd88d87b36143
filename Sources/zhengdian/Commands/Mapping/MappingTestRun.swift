import Documents
import Mapping

/// Runs samples through mappings, and counts.
struct MappingTestRun {
  enum Verdict: Sendable {
    case passed
    case failed
    /// The expected records were written anew.
    case recorded
  }

  struct Outcome: Sendable {
    let mapping: String
    /// The file; `nil` where the mapping has no samples.
    let sample: String?
    let verdict: Verdict
    let differences: [String]
  }

  /// Write what a sample gives where it is not what was expected.
  let isRecording: Bool
  private(set) var passed = 0
  private(set) var failed = 0
  private(set) var recorded = 0
  /// What samples leave untested.
  let doubts = Diagnostics()

  init(isRecording: Bool) { self.isRecording = isRecording }

  /// - Parameter folder: where the mapping's samples lie.
  mutating func test(_ mapping: CompiledMapping, folder: String) throws -> [Outcome] {
    let samples = try MappingSamples.names(of: mapping, in: folder)
    guard !samples.isEmpty else {
      return [
        untested(mapping.name, "there are no samples: put messages with invented people into \(folder)/")
      ]
    }
    var coverage = SampleCoverage(mapping)
    var outcomes: [Outcome] = []
    for name in samples {
      let stem = name.dropLast(mapping.format.rawValue.utf8.count + 1)
      outcomes.append(
        try test(
          mapping, sample: "\(folder)/\(name)", expected: "\(folder)/\(stem)\(MappingSamples.expectedEnding)",
          &coverage))
    }
    doubts.report(contentsOf: coverage.gaps)
    for entity in mapping.entities where coverage.isUntaken(entity.name) {
      outcomes.append(
        untested(
          mapping.name,
          "the entity '\(entity.name)' takes no row of any sample, so nothing shows that it takes one"))
    }
    return outcomes
  }

  mutating func untested(_ mapping: String, _ reason: String) -> Outcome {
    failed += 1
    return Outcome(mapping: mapping, sample: nil, verdict: .failed, differences: [reason])
  }

  private mutating func test(
    _ mapping: CompiledMapping, sample: String, expected: String, _ coverage: inout SampleCoverage
  ) throws -> Outcome {
    let message = try InputFile.read(sample, most: MappingSamples.largest)
    return try judge(mapping.name, sample: sample, expected: expected) {
      let actual = try MappingTest.outcome(of: mapping, sample: message)
      try coverage.take(MessageDocument(parsing: message, as: mapping.format))
      return actual
    } differences: { expected in
      try MappingTest.differences(of: mapping, sample: message, expected: expected)
    }
  }

  /// Holds what a sample gives against the file that says what it must give, or writes that file.
  mutating func judge(
    _ name: String, sample: String, expected: String, outcome: () throws -> [UInt8],
    differences compare: ([UInt8]) throws -> [String]
  ) throws -> Outcome {
    let differences: [String]
    let actual: [UInt8]
    do {
      actual = try outcome()
      differences =
        OutputFile.exists(expected)
        ? try compare(try InputFile.read(expected, most: MappingSamples.largest))
        : ["nothing says what it must give; \(MappingTests.recordVariable)=1 records it"]
    } catch let error as InputError {
      throw error
    } catch {
      // The sample, or what was expected, cannot be read.
      failed += 1
      return Outcome(mapping: name, sample: sample, verdict: .failed, differences: ["\(error)"])
    }
    if differences.isEmpty {
      passed += 1
      return Outcome(mapping: name, sample: sample, verdict: .passed, differences: [])
    }
    guard isRecording else {
      failed += 1
      return Outcome(mapping: name, sample: sample, verdict: .failed, differences: differences)
    }
    try OutputFile.write(actual, to: expected, mode: 0o644)
    recorded += 1
    return Outcome(mapping: name, sample: sample, verdict: .recorded, differences: differences)
  }
}
