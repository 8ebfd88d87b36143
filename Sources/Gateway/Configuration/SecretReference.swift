public import Documents
import Exchanges

/// Where a secret is kept. The configuration never holds one itself, so that it can be copied, printed and checked in.
public struct SecretReference: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    case environment(String)
    case file(String)
  }

  public let source: Source
  /// Where the configuration says so.
  public let mark: YAMLMark
  /// The keys that lead there, for messages.
  public let path: String

  public init(_ source: Source, mark: YAMLMark, path: String) {
    self.source = source
    self.mark = mark
    self.path = path
  }

  /// Reads `{environment: NAME}` or `{file: PATH}`; nil after a report.
  static func read(_ value: ConfigurationValue, _ place: FilePlace) -> SecretReference? {
    guard value.isMapping, let reader = value.reader() else {
      value.error("must not stand here in clear: write {environment: NAME} or {file: PATH}")
      return nil
    }
    switch reader.exactlyOne(of: "environment", "file") {
    case "environment":
      guard let name = reader.parse("environment", Self.variableForm, { Self.isVariable($0) ? $0 : nil })
      else {
        return nil
      }
      return SecretReference(.environment(name), mark: value.mark, path: value.path)
    case "file":
      let file = reader.text("file")
      return file.isEmpty
        ? nil : SecretReference(.file(place.resolve(file)), mark: value.mark, path: value.path)
    default: return nil
    }
  }

  static let variableForm = "the name of an environment variable, such as HANGZHOU_APP_SECRET"

  static func isVariable(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == 0x5F
    }
  }
}

/// Gets secrets from the environment (as it was at the start) and from files.
public struct SecretReader: Sendable {
  private let environment: [String: String]

  public init(environment: [String: String]) {
    self.environment = environment
  }

  /// The secret; nil after a report at the place of the reference.
  public func value(_ reference: SecretReference, _ diagnostics: Diagnostics) -> String? {
    switch reference.source {
    case .environment(let name):
      guard let value = environment[name] else {
        diagnostics.error(
          "\(reference.path): the environment variable \(name) is not set; set it where the service is started (EnvironmentFile= of its unit)",
          at: reference.mark, suggestion: Suggestion.nearest(to: name, in: environment.keys.sorted()))
        return nil
      }
      guard !value.isEmpty else {
        diagnostics.error("\(reference.path): the environment variable \(name) is empty", at: reference.mark)
        return nil
      }
      return value
    case .file(let path):
      do throws(GatewayError) {
        return try FileReading.secret(at: path)
      } catch {
        diagnostics.error("\(reference.path): \(error.message); \(error.remedy)", at: reference.mark)
        return nil
      }
    }
  }

  /// The bytes of a file that the configuration names, such as a certificate; nil after a report.
  func bytes(_ file: FileReference, _ diagnostics: Diagnostics) -> [UInt8]? {
    do throws(GatewayError) {
      return try FileReading.bytes(of: file.path, limit: 1 << 20)
    } catch {
      diagnostics.error("\(file.key): \(error.message); \(error.remedy)", at: file.mark)
      return nil
    }
  }
}

/// A file that the configuration names.
public struct FileReference: Hashable, Sendable {
  public let path: String
  public let mark: YAMLMark
  /// The keys that lead to it, for messages.
  public let key: String

  public init(path: String, mark: YAMLMark, key: String) {
    self.path = path
    self.mark = mark
    self.key = key
  }
}

/// Relative paths count from the folder of the configuration file, so that a site can be moved as a whole.
struct FilePlace: Sendable {
  let folder: String

  init(of file: String) {
    guard let slash = file.lastIndex(of: "/") else {
      folder = ""
      return
    }
    folder = slash == file.startIndex ? "/" : String(file[..<slash])
  }

  func resolve(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return folder.isEmpty || folder == "/" ? folder + path : "\(folder)/\(path)"
  }

  func reference(_ key: String, in reader: ConfigurationReader) -> FileReference? {
    guard let value = reader.value(ifPresent: key), let path = value.text() else { return nil }
    return FileReference(path: resolve(path), mark: value.mark, key: value.path)
  }

  func required(_ key: String, in reader: ConfigurationReader) -> FileReference? {
    guard let value = reader.value(key), let path = value.text() else { return nil }
    return FileReference(path: resolve(path), mark: value.mark, key: value.path)
  }
}
