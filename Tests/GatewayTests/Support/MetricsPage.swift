/// Reads Prometheus' text form strictly: families begin once with HELP and TYPE, samples belong to the family before them,
/// histograms add up.
struct MetricsPage {
  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  private var samples: [(name: String, labels: [String: String], value: Double)] = []

  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Malformed(description: "the page ends inside a line") }
    var types: [String: String] = [:]
    var current = ""
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# ") {
        let words = line.split(separator: " ", maxSplits: 3)
        guard words.count == 4 else { throw Malformed(description: "\(line)") }
        current = String(words[2])
        if words[1] == "TYPE" {
          guard types.updateValue(String(words[3]), forKey: current) == nil else {
            throw Malformed(description: "\(current) begins twice")
          }
        }
        continue
      }
      let sample = try Self.sample(line)
      let isPart =
        types[current] == "histogram"
        ? ["_bucket", "_sum", "_count"].contains { sample.name == current + $0 } : sample.name == current
      guard isPart else { throw Malformed(description: "\(sample.name) stands under \(current)") }
      guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
        throw Malformed(description: "\(line) stands twice")
      }
      samples.append(sample)
    }
    for (name, labels, value) in samples
    where name.hasSuffix("_count") && types[String(name.dropLast(6))] == "histogram" {
      let family = String(name.dropLast("_count".count))
      let buckets = samples.filter {
        $0.name == family + "_bucket" && $0.labels.filter { $0.key != "le" } == labels
      }
      let values = buckets.map(\.value)
      guard values == values.sorted(), values.last == value, buckets.last?.labels["le"] == "+Inf" else {
        throw Malformed(description: "the buckets of \(family) do not add up")
      }
    }
  }

  func value(_ name: String, _ labels: [String: String]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private static func sample(_ line: Substring) throws -> (
    name: String, labels: [String: String], value: Double
  ) {
    let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    var rest = line.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while rest.first != "}" {
        let key = rest.prefix { $0 != "=" }
        rest = rest.dropFirst(key.count)
        guard rest.hasPrefix("=\"") else { throw Malformed(description: "\(line)") }
        rest = rest.dropFirst(2)
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
          if character != "\\" {
            value.append(character)
            continue
          }
          switch rest.popFirst() {
          case "n": value.append("\n")
          case "\\": value.append("\\")
          case "\"": value.append("\"")
          default: throw Malformed(description: "\(line)")
          }
        }
        labels[String(key)] = value
        if rest.first == "," { rest = rest.dropFirst() }
      }
      rest = rest.dropFirst()
    }
    guard rest.first == " ", let value = Double(rest.dropFirst()) else {
      throw Malformed(description: "\(line)")
    }
    return (String(name), labels, value)
  }
}
