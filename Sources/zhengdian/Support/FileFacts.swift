import Glibc

/// What the system says about a file.
enum FileFacts {
  /// In bytes; `nil` when there is no such file or it cannot be looked at.
  static func size(of path: String) -> Int? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// `812 bytes`, `3.4 MiB`.
  static func text(ofBytes count: Int) -> String {
    guard count >= 1024 else { return "\(count) bytes" }
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var (scaled, unit) = (Double(count) / 1024, 0)
    while scaled >= 1024, unit < units.count - 1 {
      scaled /= 1024
      unit += 1
    }
    return "\((scaled * 10).rounded() / 10) \(units[unit])"
  }

  static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
