import Glibc

/// Names a process in the queue, so that another one on the same machine can tell whether it still runs. What a killed process held is taken over at once then,
/// not only when its leases end.
public struct WorkOwner: Sendable, CustomStringConvertible {
  /// Kernel and process space, process, and when it began: `BOOT-ID pid:[4026531836] 4711 123456`.
  public let description: String
  /// Which start of the machine this is; empty where the system does not tell.
  public let boot: String
  private let place: String

  /// Where the system does not tell these, the name says nothing to others, and leases end by the clock alone.
  public init() {
    boot = Self.read("/proc/sys/kernel/random/boot_id").filter { $0 != "\n" }
    let space = Self.link("/proc/self/ns/pid")
    let started = Self.started(getpid())
    place = boot.isEmpty || space.isEmpty ? "" : "\(boot) \(space)"
    description = place.isEmpty ? "unknown \(getpid())" : "\(place) \(getpid()) \(started ?? "-")"
  }

  /// Whether the process of that name has certainly ended. One of another machine, or of another space of processes, may run for all that is known here.
  public func isGone(_ owner: String) -> Bool {
    guard !place.isEmpty, owner.hasPrefix(place + " ") else { return false }
    let words = owner.dropFirst(place.utf8.count + 1).split(separator: " ")
    guard words.count == 2, let process = pid_t(words[0]), process > 0 else { return false }
    if kill(process, 0) != 0 { return errno == ESRCH }
    // The number may have been given to another process since.
    guard words[1] != "-", let started = Self.started(process) else { return false }
    return started != words[1]
  }

  /// The 22nd field of the process's line; the second, its name, may hold blanks and brackets.
  private static func started(_ process: pid_t) -> String? {
    let line = read("/proc/\(process)/stat")
    guard let end = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? String(fields[19]) : nil
  }

  /// Empty when it cannot be read.
  private static func read(_ path: String) -> String {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe Glibc.read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
  }

  private static func link(_ path: String) -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    let count = unsafe readlink(path, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
  }
}
