/// Writes metrics in Prometheus' text form. Labels hold names of this site and stable words, never anything of a message or a question.
public struct MetricsText: Sendable {
  public enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  public private(set) var bytes: [UInt8] = []
  private var families: Set<String> = []

  public init() {}

  /// Begins a family. Its samples follow before the next one; a family is begun once.
  public mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
    precondition(families.insert(name.description).inserted, "the family \(name) is begun twice")
    bytes += Array("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8)
  }

  public mutating func sample(
    _ name: StaticString, _ value: Int, _ labels: KeyValuePairs<StaticString, String> = [:]
  ) {
    sample(name.description, "", labels, "\(value)")
  }

  public mutating func sample(
    _ name: StaticString, _ value: Double, _ labels: KeyValuePairs<StaticString, String> = [:]
  ) {
    sample(name.description, "", labels, Self.text(value))
  }

  /// The buckets, the sum and the count of one histogram.
  public mutating func histogram(
    _ name: StaticString, _ histogram: Histogram, _ labels: KeyValuePairs<StaticString, String> = [:]
  ) {
    var total = 0
    for (bound, count) in zip(Histogram.bounds, histogram.counts) {
      total += count
      sample(name.description, "_bucket", labels, "\(total)", bound: Self.text(bound))
    }
    sample(name.description, "_bucket", labels, "\(histogram.count)", bound: "+Inf")
    sample(name.description, "_sum", labels, Self.text(histogram.sum))
    sample(name.description, "_count", labels, "\(histogram.count)")
  }

  private mutating func sample(
    _ name: String, _ suffix: String, _ labels: KeyValuePairs<StaticString, String>, _ value: String,
    bound: String? = nil
  ) {
    var line = name + suffix
    var pairs = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
    if let bound { pairs.append("le=\"\(bound)\"") }
    if !pairs.isEmpty { line += "{\(pairs.joined(separator: ","))}" }
    bytes += Array("\(line) \(value)\n".utf8)
  }

  private static func text(_ value: Double) -> String {
    if value == .infinity { return "+Inf" }
    if value == -.infinity { return "-Inf" }
    return value.isNaN ? "NaN" : "\(value)"
  }

  private static func escaped(_ value: String) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// How long things took, in seconds.
public struct Histogram: Hashable, Sendable {
  public static let bounds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  /// By bucket, not added up; what is longer than the last bound is in ``count`` only.
  public private(set) var counts = [Int](repeating: 0, count: bounds.count)
  public private(set) var sum = 0.0
  public private(set) var count = 0

  public init() {}

  public mutating func observe(_ seconds: Double) {
    count += 1
    sum += seconds
    if let bucket = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[bucket] += 1 }
  }
}

/// A part of the program that has metrics to show.
public protocol MetricsSource: Sendable {
  /// Writes whole families. Called for each scrape: it must be quick, and an error leaves the part out of this scrape.
  func write(to metrics: inout MetricsText) async throws
}
