/// What the command line asks for.
struct Arguments {
  /// `hangzhou/public-data`
  var adapter = ""
  /// `business-licence`
  var operation = ""
  var url = ""
  var settings: [String: String] = [:]
  var adapters = "Adapters"
  var mappings = "Mappings"
  /// Where the databases are made; must exist.
  var folder = "/tmp"
  /// Each stage is measured so many times and the fastest counts.
  var times = 3

  static let usage = """
    usage: stages --adapter NAME --operation NAME --url URL --set NAME=VALUE… [--adapters FOLDER] [--mappings FOLDER]
      [--folder FOLDER] [--times N]
    """

  init(_ words: [String]) throws {
    var words = words[...]
    while let word = words.popFirst() {
      guard let value = words.popFirst() else { throw Failure("\(word) needs a value\n\(Self.usage)") }
      switch word {
      case "--adapter": adapter = value
      case "--operation": operation = value
      case "--url": url = value
      case "--adapters": adapters = value
      case "--mappings": mappings = value
      case "--folder": folder = value
      case "--times": times = max(1, Int(value) ?? 1)
      case "--set":
        let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw Failure("--set NAME=VALUE, not \(value)") }
        settings[String(parts[0])] = String(parts[1])
      default: throw Failure("unknown option \(word)\n\(Self.usage)")
      }
    }
    guard !adapter.isEmpty, !operation.isEmpty, !url.isEmpty else { throw Failure(Self.usage) }
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
