public import Exchanges
import Glibc

/// One file of a library folder.
public struct LibraryFile: Hashable, Sendable {
  /// The place below the folder, without extension, `/` between the parts: `hangzhou/public-data`. The same on every machine.
  public let name: String
  /// As diagnostics name it.
  public let path: String
  public let bytes: [UInt8]
}

/// The files that say how platforms are called and what their messages mean: adapters, mappings, code lists.
public struct LibraryFolder: Sendable {
  public let path: String

  public init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The YAML files below the folder, in the order of their names. Hidden files and what `isWanted` refuses are left out.
  ///
  /// Throws `gateway-unreadable-file` for a folder or file that cannot be read; none is skipped silently.
  public func files(_ isWanted: (String) -> Bool = { _ in true }) throws(GatewayError) -> [LibraryFile] {
    var names: [(name: String, path: String)] = []
    try collect(path, prefix: "", depth: 0, into: &names)
    var files: [LibraryFile] = []
    for (name, path) in names.sorted(by: { $0.name < $1.name }) where isWanted(name) {
      files.append(LibraryFile(name: name, path: path, bytes: try FileReading.bytes(of: path)))
    }
    return files
  }

  /// The manifests and families of a folder of adapters. A region's `policy.yaml` is none.
  public func adapters() throws(GatewayError) -> [LibraryFile] {
    try files { $0 != "policy" && !$0.hasSuffix("/policy") }
  }

  /// The policies of a folder of adapters, each named by the region's folder it lies in.
  public func policies() throws(GatewayError) -> [LibraryFile] {
    try files { $0.hasSuffix("/policy") }.map { file in
      LibraryFile(name: String(file.name.dropLast("/policy".count)), path: file.path, bytes: file.bytes)
    }
  }

  /// The mappings of a folder of mappings, without its code lists.
  public func mappings() throws(GatewayError) -> [LibraryFile] {
    try files { !$0.hasPrefix("codes/") }
  }

  /// The code lists beside the mappings, named below `codes`: `zhejiang/registration-state`.
  public func codeLists() throws(GatewayError) -> [LibraryFile] {
    try files { $0.hasPrefix("codes/") }.map { file in
      LibraryFile(name: String(file.name.dropFirst("codes/".count)), path: file.path, bytes: file.bytes)
    }
  }

  private static let deepest = 16
  private static let most = 20_000

  private func collect(
    _ folder: String, prefix: String, depth: Int, into names: inout [(name: String, path: String)]
  ) throws(GatewayError) {
    guard depth <= Self.deepest else {
      throw FileReading.unreadable(
        folder, "folders are nested more than \(Self.deepest) deep; perhaps a link leads back up")
    }
    for entry in try Self.entries(of: folder) where !entry.hasPrefix(".") {
      let path = "\(folder)/\(entry)"
      var status = stat()
      guard unsafe stat(path, &status) == 0 else {
        throw FileReading.unreadable(path, FileReading.reason(errno))
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        try collect(path, prefix: "\(prefix)\(entry)/", depth: depth + 1, into: &names)
      } else if entry.hasSuffix(".yaml") {
        guard names.count < Self.most else {
          throw FileReading.unreadable(self.path, "it holds more than \(Self.most) files")
        }
        names.append(("\(prefix)\(entry.dropLast(".yaml".count))", path))
      }
    }
  }

  private static func entries(of folder: String) throws(GatewayError) -> [String] {
    guard let directory = unsafe opendir(folder) else {
      throw FileReading.unreadable(folder, FileReading.reason(errno))
    }
    defer { unsafe closedir(directory) }
    var entries: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(directory) else {
        guard errno == 0 else { throw FileReading.unreadable(folder, FileReading.reason(errno)) }
        return entries
      }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(validatingCString: $0)
        }
      }
      guard let name else { throw FileReading.unreadable(folder, "a file's name is not UTF-8") }
      if name != ".", name != ".." { entries.append(name) }
    }
  }
}
