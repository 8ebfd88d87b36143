import Glibc

extension TLSServerConfiguration {
  /// A whole PEM file; throws `.tls` naming it if it cannot be read or is larger than 1 MiB.
  public static func read(_ path: String) throws(HTTPServiceError) -> [UInt8] {
    guard let file = unsafe fopen(path, "re") else {
      throw HTTPServiceError(.tls, "The file \(path) cannot be read: check its name and permissions.")
    }
    defer { unsafe fclose(file) }
    let limit = 1 << 20
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    guard unsafe ferror(file) == 0, count <= limit else {
      throw HTTPServiceError(
        .tls, "The file \(path) cannot be read as PEM: it is unreadable or larger than 1 MiB.")
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
