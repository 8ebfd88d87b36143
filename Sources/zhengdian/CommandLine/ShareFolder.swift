import Glibc

/// Where the data that comes with the program lies: the folders `Adapters` and `Mappings`.
///
/// Looked for, in this order: ZHENGDIAN_HOME; `share/zhengdian` beside the folder of the executable (an installation);
/// then upwards from the executable for a folder that holds `Adapters/families` (a checkout).
struct ShareFolder: Sendable {
  static let variable = "ZHENGDIAN_HOME"

  let path: String

  var adapters: String { path + "/Adapters" }
  var mappings: String { path + "/Mappings" }

  /// - Throws: `CommandFailure` of a configuration, with what to do, when there is none.
  static func find(_ environment: Environment, executable: String? = Self.executable()) throws(CommandFailure)
    -> ShareFolder
  {
    if let home = environment[variable] {
      guard isShare(home) else {
        throw CommandFailure(
          .configuration, "\(variable) names \(home), which has no folder Adapters/families",
          remedy: "let it name the folder that holds Adapters and Mappings")
      }
      return ShareFolder(path: home)
    }
    var folder = executable.map(parent) ?? ""
    if !folder.isEmpty, isShare(parent(folder) + "/share/zhengdian") {
      return ShareFolder(path: parent(folder) + "/share/zhengdian")
    }
    while !folder.isEmpty {
      if isShare(folder) { return ShareFolder(path: folder) }
      folder = parent(folder)
    }
    throw CommandFailure(
      .configuration, "the folders Adapters and Mappings were not found",
      remedy: "set \(variable) to the folder that holds them")
  }

  /// The real place of the running program.
  static func executable() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { return nil }
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func isShare(_ folder: String) -> Bool {
    var status = stat()
    return unsafe stat(folder + "/Adapters/families", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Empty for the root.
  private static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}
