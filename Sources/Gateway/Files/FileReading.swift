public import Exchanges
import Glibc

/// Reads whole files at the start of a program. The calls block: they are not for code that answers requests.
public enum FileReading {
  public static let largestFile = 16 << 20

  /// The bytes of a regular file. Throws `gateway-unreadable-file` with the reason.
  public static func bytes(of path: String, limit: Int = largestFile) throws(GatewayError) -> [UInt8] {
    try read(path, limit: limit) { _ throws(GatewayError) in }
  }

  /// The text of a file that holds one secret, without the line end behind it.
  ///
  /// Throws `gateway-exposed-secret` when group or others have any right on it, or when it belongs to a third user.
  public static func secret(at path: String) throws(GatewayError) -> String {
    let bytes = try read(path, limit: largestSecret) { status throws(GatewayError) in
      guard status.st_mode & 0o077 == 0 else {
        throw GatewayError(
          .exposedSecret,
          "the file \(path) can be reached by other users (mode \(String(status.st_mode & 0o777, radix: 8)))",
          remedy: "run 'chmod 600' on it, and think about changing the secret")
      }
      guard status.st_uid == geteuid() || status.st_uid == 0 else {
        throw GatewayError(
          .exposedSecret, "the file \(path) belongs to another user (uid \(status.st_uid))",
          remedy: "let it belong to the user of the service or to root")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw GatewayError(
        .missingSecret, "the file \(path) is not UTF-8 text", remedy: "write the secret as text")
    }
    var secret = text[...]
    while let last = secret.last, last.isNewline { secret = secret.dropLast() }
    guard !secret.isEmpty else {
      throw GatewayError(.missingSecret, "the file \(path) is empty", remedy: "write the secret into it")
    }
    return String(secret)
  }

  private static let largestSecret = 1 << 16

  private static func read(
    _ path: String, limit: Int, check: (stat) throws(GatewayError) -> Void
  ) throws(GatewayError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path, reason(errno)) }
    defer { close(descriptor) }
    // Asked of the open file, so that it cannot be exchanged between the check and the reading.
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw unreadable(path, "it is no regular file")
    }
    try check(status)
    guard status.st_size <= limit else { throw unreadable(path, "it has more than \(limit) bytes") }
    var buffer = [UInt8](
      repeating: 0, count: limit < Int(status.st_size) + 1 ? limit : Int(status.st_size) + 1)
    var length = 0
    while true {
      if length == buffer.count {
        guard length < limit else { break }
        buffer.append(contentsOf: repeatElement(0, count: min(max(length, 4096), limit - length)))
      }
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(descriptor, bytes.baseAddress?.advanced(by: length), bytes.count - length)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, reason(errno)) }
      if count == 0 { break }
      length += count
    }
    buffer.removeLast(buffer.count - length)
    return buffer
  }

  static func unreadable(_ path: String, _ reason: String) -> GatewayError {
    GatewayError(
      .unreadableFile, "\(path) cannot be read: \(reason)",
      remedy: "check its name, and that the user of the service may read it")
  }

  static func reason(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
