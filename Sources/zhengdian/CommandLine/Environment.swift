import Glibc

/// The environment variables as they were when the program started.
struct Environment: Sendable {
  private let variables: [String: String]

  init(_ variables: [String: String]) { self.variables = variables }

  /// `nil` also for a variable that is set to nothing.
  subscript(name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  var all: [String: String] { variables }

  /// Reads the process' environment. Once, at the start: later changes by C libraries are not ours.
  static func ofProcess() -> Environment {
    var variables: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let parts = unsafe String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      unsafe entry += 1
    }
    return Environment(variables)
  }
}
