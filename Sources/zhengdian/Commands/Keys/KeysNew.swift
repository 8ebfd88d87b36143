import CivilTime
import Crypto
import Documents
import Glibc

/// `keys new`: a key file, or a new current key in one that is there.
enum KeysNew {
  private static let file = Positional("FILE", "The key file to make or to append to.")
  static let id = CommandOption<String>.text(
    "id", "ID", "The new key's name; the year and month if not given.")

  static let command = Command(
    "new", "Makes a key file, or appends a new current key to one.",
    details: """
      The file is for its owner only (mode 600). The key is never shown. Keep a copy of the file in
      a safe place: without it nothing in the database can be opened again by anybody.
      """,
    options: [id], positionals: [file]
  ) { invocation in
    let path = invocation[file][0]
    let existing = FileFacts.size(of: path) == nil ? nil : try KeyRing(file: path)
    let id = invocation[id] ?? freeID(beside: existing?.ids ?? [])
    if existing?.ids.contains(id) == true {
      throw UsageError("\(path) has a key '\(id)' already; --id gives the new one another name")
    }
    let line = try KeyRing.freshLine(id: id)
    if existing == nil {
      try make(path, line)
    } else {
      try append(line, to: path)
    }
    // Whatever was written has to be read back before anything is wrapped by it.
    let ring = try KeyRing(file: path)
    guard ring.currentID == id else { preconditionFailure("the appended key is not the last") }
    if invocation.wantsJSON {
      invocation.output.json {
        $0.member("file", path)
        $0.member("current", id)
        $0.member("keys", ring.ids)
      }
    } else {
      invocation.output.line("\(path): '\(id)' is the current key of \(ring.ids.joined(separator: ", "))")
      if existing != nil {
        invocation.output.line("stop the gateway, run 'zhengdian keys rotate', and start it again")
      }
    }
    return .done
  }

  private static func freeID(beside ids: [String]) -> String {
    let date = Timestamp.now().civil(offsetSeconds: UTCOffset.china).date.description
    for id in [String(date.prefix(7)), date] where !ids.contains(id) { return id }
    var number = 2
    while ids.contains("\(date)-\(number)") { number += 1 }
    return "\(date)-\(number)"
  }

  private static func make(_ path: String, _ line: String) throws(CommandFailure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
    guard let problem = put(line, descriptor) else { return }
    unsafe unlink(path)
    throw failure(path, problem)
  }

  /// In place, so that the file keeps its owner and mode; what could not be written whole is taken back.
  private static func append(_ line: String, to path: String) throws(CommandFailure) {
    let descriptor = unsafe open(path, O_RDWR | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
    let end = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0x0A
    let isRead = end == 0 ? true : unsafe pread(descriptor, &last, 1, end - 1) == 1
    guard end >= 0, isRead else { throw failure(path, errno) }
    guard let problem = put(last == 0x0A ? line : "\n" + line, descriptor) else { return }
    ftruncate(descriptor, end)
    throw failure(path, problem)
  }

  /// The `errno` of what went wrong.
  private static func put(_ line: String, _ descriptor: Int32) -> Int32? {
    let bytes = Array(line.utf8)
    let count = unsafe write(descriptor, bytes, bytes.count)
    if count < 0 { return errno }
    // One short line is cut only where the disk is full.
    if count < bytes.count { return ENOSPC }
    return fsync(descriptor) == 0 ? nil : errno
  }

  private static func failure(_ path: String, _ number: Int32) -> CommandFailure {
    CommandFailure(
      .failure, "\(path) cannot be written: \(FileFacts.reason(number))",
      remedy: "name a file in a folder in which this user may write")
  }
}
