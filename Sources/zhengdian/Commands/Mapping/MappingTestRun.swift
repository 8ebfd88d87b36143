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

  private static let expectedEnding = ".expected.json"
  /// A page of a platform, and more.
  private static let largestSample = 64 << 20

  /// Write what a sample gives where it is not what was expected.
  let isRecording: Bool
  private(set) var passed = 0
  private(set) var failed = 0
  private(set) var recorded = 0

  init(isRecording: Bool) { self.isRecording = isRecording }

  /// - Parameter folder: where the mapping's samples lie.
  mutating func test(_ mapping: CompiledMapping, folder: String) throws -> [Outcome] {
    let ending = "." + mapping.format.rawValue
    let names =
      OutputFile.exists(folder) ? try InputFolder.files(in: folder, ending: ending) : []
    let samples = names.filter { !$0.hasSuffix(Self.expectedEnding) }
    guard !samples.isEmpty else {
      failed += 1
      return [
        Outcome(
          mapping: mapping.name, sample: nil, verdict: .failed,
          differences: ["there are no samples: put messages with invented people into \(folder)/"])
      ]
    }
    return try samples.map { name in
      let expected = "\(folder)/\(name.dropLast(ending.count))\(Self.expectedEnding)"
      return try test(mapping, sample: "\(folder)/\(name)", expected: expected)
    }
  }

  private mutating func test(
    _ mapping: CompiledMapping, sample: String, expected: String
  ) throws -> Outcome {
    let message = try InputFile.read(sample, most: Self.largestSample)
    let differences: [String]
    let actual: [UInt8]
    do {
      actual = try MappingTest.outcome(of: mapping, sample: message)
      differences =
        OutputFile.exists(expected)
        ? try MappingTest.differences(
          of: mapping, sample: message, expected: try InputFile.read(expected, most: Self.largestSample))
        : ["there are no expected records; \(MappingTests.recordVariable)=1 records them"]
    } catch let error as InputError {
      throw error
    } catch {
      // The message, or what was expected, cannot be read.
      failed += 1
      return Outcome(mapping: mapping.name, sample: sample, verdict: .failed, differences: ["\(error)"])
    }
    if differences.isEmpty {
      passed += 1
      return Outcome(mapping: mapping.name, sample: sample, verdict: .passed, differences: [])
    }
    guard isRecording else {
      failed += 1
      return Outcome(mapping: mapping.name, sample: sample, verdict: .failed, differences: differences)
    }
    try OutputFile.write(String(decoding: actual, as: UTF8.self), to: expected, mode: 0o644)
    recorded += 1
    return Outcome(mapping: mapping.name, sample: sample, verdict: .recorded, differences: differences)
  }
}
