import Adapters
import Mapping

/// What an envelope says of the samples of its mapping and cannot be meant: both read the same messages.
struct EnvelopeDoubt {
  let key: [String]
  let message: String
  let suggestion: String?

  static func find(_ operation: Operation, _ mapping: CompiledMapping, _ samples: [[UInt8]])
    -> [EnvelopeDoubt]
  {
    var failure: AdapterError?
    /// Rows by the envelope and by the mapping, where either finds any.
    var counts: [(envelope: Int, mapping: Int)] = []
    for sample in samples {
      do throws(AdapterError) {
        let opened = try operation.open(sample: sample)
        guard let result = try? mapping.apply(to: opened.message) else { continue }
        if opened.facts.rows + result.rows > 0 { counts.append((opened.facts.rows, result.rows)) }
      } catch {
        failure = failure ?? error
      }
    }
    let name = "the samples of '\(mapping.name)'"
    guard let first = counts.first else {
      guard let failure else { return [] }
      return [
        EnvelopeDoubt(
          key: ["envelope"], message: "opens none of \(name): \(failure.message)", suggestion: nil)
      ]
    }
    if counts.allSatisfy({ $0.envelope == 0 }) {
      return [
        EnvelopeDoubt(
          key: ["envelope", "rows"],
          message: "envelope.rows finds nothing in \(name), where the mapping finds \(first.mapping) rows",
          suggestion: mapping.rowPaths.count == 1 ? mapping.rowPaths[0] : nil)
      ]
    }
    if counts.allSatisfy({ $0.mapping == 0 }) {
      return [
        EnvelopeDoubt(
          key: ["mapping"],
          message: "the mapping finds no rows in its samples, where envelope.rows finds \(first.envelope)",
          suggestion: nil)
      ]
    }
    return []
  }
}
