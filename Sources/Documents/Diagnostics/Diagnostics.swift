import Synchronization

/// Collects the problems of one or many files, so that one run shows all of them.
public final class Diagnostics: Sendable {
  private struct State {
    var all: [Diagnostic] = []
    var errors = 0
  }

  private let state = Mutex(State())

  public init() {}

  /// Everything reported, by file and place; what stands at one place keeps the order of reporting.
  public var all: [Diagnostic] {
    // The standard sort is stable.
    state.withLock { $0.all }.sorted()
  }

  public var errors: [Diagnostic] { all.filter { $0.severity == .error } }
  public var warnings: [Diagnostic] { all.filter { $0.severity == .warning } }
  public var errorCount: Int { state.withLock { $0.errors } }
  public var hasErrors: Bool { errorCount > 0 }
  public var isEmpty: Bool { state.withLock { $0.all.isEmpty } }

  public func report(_ diagnostic: Diagnostic) {
    state.withLock {
      $0.all.append(diagnostic)
      if diagnostic.severity == .error { $0.errors += 1 }
    }
  }

  public func report(contentsOf diagnostics: some Sequence<Diagnostic>) {
    for diagnostic in diagnostics { report(diagnostic) }
  }

  public func error(_ message: String, at mark: YAMLMark, suggestion: String? = nil) {
    report(Diagnostic(.error, at: mark, message, suggestion: suggestion))
  }

  public func warning(_ message: String, at mark: YAMLMark, suggestion: String? = nil) {
    report(Diagnostic(.warning, at: mark, message, suggestion: suggestion))
  }

  /// An error of a whole document, at its position in `file`.
  public func report(_ error: DocumentError, file: String) {
    let message = error.path.map { "\($0): \(error.message)" } ?? error.message
    report(
      Diagnostic(
        .error, file: file, line: error.position?.line ?? 0, column: error.position?.column ?? 0,
        message: message))
  }

  /// Throws when any error was reported; warnings do not stop anybody.
  public func throwIfErrors() throws(ConfigurationError) {
    let errors = errors
    if !errors.isEmpty { throw ConfigurationError(diagnostics: errors) }
  }
}

/// A configuration that must not be used, with everything that is wrong with it.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  public let diagnostics: [Diagnostic]

  public init(diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics
  }

  /// One problem a line.
  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}
