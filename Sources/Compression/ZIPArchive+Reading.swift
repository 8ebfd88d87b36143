extension ZIPArchive {
  /// Reads an archive that ``write(_:)`` made, and no other: nothing may lie before, between or behind its files, so that what is read is all
  /// that is there.
  ///
  /// - Throws: ``CompressionError/Code/damaged``, ``CompressionError/Code/truncated``.
  public static func read(_ bytes: [UInt8]) throws(CompressionError) -> [ZIPEntry] {
    var end = Cursor(bytes, at: bytes.count - endLength)
    guard try end.long() == endSignature else {
      throw damaged("there is no end of a ZIP archive where one would be")
    }
    guard try end.long() == 0, case let count = try end.short(), try end.short() == count,
      case let centralSize = try end.long(), case let place = try end.long(), try end.short() == 0,
      Int(place) + Int(centralSize) + endLength == bytes.count
    else { throw damaged("its end does not fit what is before it") }
    var central = Cursor(bytes, at: Int(place))
    var next = 0
    var entries: [ZIPEntry] = []
    var paths: Set<String> = []
    for _ in 0..<count {
      guard try central.long() == centralSignature, try central.short() == UInt16(3 << 8) | version else {
        throw damaged("its list of files is not whole")
      }
      let entry = try entry(&central, at: next)
      next = entry.end
      guard paths.insert(entry.file.path).inserted else { throw damaged("a file is there twice") }
      entries.append(entry.file)
    }
    guard next == Int(place), central.position == Int(place) + Int(centralSize) else {
      throw damaged("something lies between its files")
    }
    return entries
  }

  /// - Parameter start: where its own header must be.
  private static func entry(
    _ central: inout Cursor, at start: Int
  ) throws(CompressionError) -> (file: ZIPEntry, end: Int) {
    let listed = try facts(&central)
    for _ in 0..<3 {
      guard try central.short() == 0 else { throw damaged("its list of files says more than names") }
    }
    guard try central.long() == UInt32(0o100600) << 16, try central.long() == UInt32(start) else {
      throw damaged("a file does not lie where it would")
    }
    let name = try central.take(listed.nameLength)
    var local = Cursor(central.bytes, at: start)
    guard try local.long() == localSignature, try facts(&local) == listed,
      try local.take(listed.nameLength) == name, let path = String(validating: name, as: UTF8.self)
    else { throw damaged("a file is not the one that its list names") }
    let content = try local.take(listed.size)
    guard CRC32.of(content) == listed.checksum else { throw damaged("the content of a file was altered") }
    return (ZIPEntry(path: path, bytes: content), local.position)
  }

  private struct Listed: Hashable {
    let checksum: UInt32
    let size: Int
    let nameLength: Int
  }

  private static func facts(_ cursor: inout Cursor) throws(CompressionError) -> Listed {
    guard try cursor.short() == version, try cursor.short() == flags, try cursor.short() == 0,
      try cursor.short() == 0, try cursor.short() == day
    else { throw damaged("a file is not written as this program writes it") }
    let (checksum, size, whole) = (try cursor.long(), try cursor.long(), try cursor.long())
    let (name, extra) = (try cursor.short(), try cursor.short())
    guard size == whole, extra == 0 else { throw damaged("a file is compressed or says more than its name") }
    return Listed(checksum: checksum, size: Int(size), nameLength: Int(name))
  }

  private static func damaged(_ what: String) -> CompressionError {
    CompressionError(
      code: .damaged, message: "the ZIP archive is not as it was written: \(what)",
      remedy: "where another program has packed it anew, unpack it and look at the folder")
  }

  private struct Cursor {
    let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int) {
      self.bytes = bytes
      self.position = position
    }

    mutating func short() throws(CompressionError) -> UInt16 {
      UInt16(truncatingIfNeeded: try number(2))
    }

    mutating func long() throws(CompressionError) -> UInt32 { try number(4) }

    private mutating func number(_ count: Int) throws(CompressionError) -> UInt32 {
      let start = position
      try skip(count)
      var value: UInt32 = 0
      for place in 0..<count { value |= UInt32(bytes[start + place]) << (8 * place) }
      return value
    }

    mutating func take(_ count: Int) throws(CompressionError) -> [UInt8] {
      let start = position
      try skip(count)
      return Array(bytes[start..<position])
    }

    private mutating func skip(_ count: Int) throws(CompressionError) {
      guard position >= 0, count <= bytes.count - position else {
        throw CompressionError(
          code: .truncated, message: "the ZIP archive ends too early", remedy: "copy it once more")
      }
      position += count
    }
  }
}
