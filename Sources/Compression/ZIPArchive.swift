/// A file of a ZIP archive.
public struct ZIPEntry: Hashable, Sendable {
  /// With slashes between folders and its name.
  public let path: String
  public let bytes: [UInt8]

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// ZIP archives (PKWARE APPNOTE 6.3.10) of files that are stored as they are, with UTF-8 names. The same files give the same bytes: no
/// time is told but the first one that the format has.
public enum ZIPArchive {
  static let localSignature: UInt32 = 0x0403_4B50
  static let centralSignature: UInt32 = 0x0201_4B50
  static let endSignature: UInt32 = 0x0605_4B50
  /// Bit 11: the name is UTF-8.
  static let flags: UInt16 = 1 << 11
  /// 2.0.
  static let version: UInt16 = 20
  /// 1980-01-01.
  static let day: UInt16 = 0x21
  static let localLength = 30
  static let centralLength = 46
  static let endLength = 22

  /// - Parameter entries: of different paths.
  /// - Throws: ``CompressionError/Code/tooLarge`` where the format has no room: more than 65,534 files, or 4 GiB.
  public static func write(_ entries: [ZIPEntry]) throws(CompressionError) -> [UInt8] {
    let size = entries.reduce(endLength) {
      $0 + localLength + centralLength + 2 * $1.path.utf8.count + $1.bytes.count
    }
    guard entries.count < 0xFFFF, size < 0xFFFF_FFFF, entries.allSatisfy({ $0.path.utf8.count < 0xFFFF })
    else {
      throw CompressionError(
        code: .tooLarge, message: "the archive would be larger than a ZIP archive can be",
        remedy: "write a folder in its place")
    }
    precondition(Set(entries.map(\.path)).count == entries.count, "two files have one path")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    var central: [UInt8] = []
    for entry in entries {
      let offset = bytes.count
      let facts = Facts(entry)
      bytes.append(localSignature)
      facts.write(to: &bytes)
      bytes += Array(entry.path.utf8) + entry.bytes
      central.append(centralSignature)
      // Made under Unix, so that the rights below are understood.
      central.append(UInt16(3 << 8) | version)
      facts.write(to: &central)
      central.append(UInt16(0))  // comment
      central.append(UInt16(0))  // disk
      central.append(UInt16(0))  // internal attributes
      central.append(UInt32(0o100600) << 16)
      central.append(UInt32(offset))
      central += Array(entry.path.utf8)
    }
    let place = bytes.count
    bytes += central
    bytes.append(endSignature)
    bytes.append(UInt16(0))
    bytes.append(UInt16(0))
    bytes.append(UInt16(entries.count))
    bytes.append(UInt16(entries.count))
    bytes.append(UInt32(central.count))
    bytes.append(UInt32(place))
    bytes.append(UInt16(0))
    return bytes
  }

  /// What both headers of a file say in the same order.
  struct Facts: Hashable {
    let checksum: UInt32
    let size: UInt32
    let nameLength: UInt16

    init(_ entry: ZIPEntry) {
      checksum = CRC32.of(entry.bytes)
      size = UInt32(entry.bytes.count)
      nameLength = UInt16(entry.path.utf8.count)
    }

    func write(to bytes: inout [UInt8]) {
      bytes.append(version)
      bytes.append(flags)
      bytes.append(UInt16(0))  // stored
      bytes.append(UInt16(0))  // midnight
      bytes.append(day)
      bytes.append(checksum)
      bytes.append(size)
      bytes.append(size)
      bytes.append(nameLength)
      bytes.append(UInt16(0))  // extra field
    }
  }
}

/// The check of ZIP and gzip (polynomial 0xEDB88320, reflected).
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    var value = UInt32(byte)
    for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
    return value
  }

  static func of(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
    return ~value
  }
}

extension [UInt8] {
  /// Little-endian.
  fileprivate mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
