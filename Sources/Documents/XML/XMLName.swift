import CXML2

/// Names compared as bytes, without building Strings.
enum XMLName {
  /// Whether a node's name and prefix are `written` (`name` or `prefix:name`).
  static func equals(
    _ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ written: String
  ) -> Bool {
    let whole = unsafe written.utf8.withContiguousStorageIfAvailable { bytes in
      var rest = unsafe bytes[...]
      if let prefix = unsafe prefix {
        guard unsafe dropMatch(prefix, &rest), unsafe rest.first == UInt8(ascii: ":") else { return false }
        unsafe rest = rest.dropFirst()
      }
      guard let name = unsafe name else { return false }
      return unsafe dropMatch(name, &rest) && rest.isEmpty
    }
    if let whole { return whole }
    // Only strings bridged or built from pieces come here.
    var native = written
    native.makeContiguousUTF8()
    return unsafe equals(name, prefix, native)
  }

  /// Whether a name without prefix is exactly `written`.
  @inline(__always)
  static func equals(_ name: UnsafePointer<xmlChar>, _ written: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < written.count {
      // A zero byte in `written` never equals one of the name, so nothing is read behind the name's end.
      let byte = unsafe written[index]
      guard unsafe name[index] == byte, byte != 0 else { return false }
      index += 1
    }
    return unsafe name[index] == 0
  }

  /// Takes `text` from the front of `rest`.
  private static func dropMatch(
    _ text: UnsafePointer<xmlChar>, _ rest: inout Slice<UnsafeBufferPointer<UInt8>>
  ) -> Bool {
    var index = unsafe rest.startIndex
    var position = 0
    while unsafe text[position] != 0 {
      guard unsafe index < rest.endIndex, unsafe rest.base[index] == text[position] else { return false }
      index += 1
      position += 1
    }
    unsafe rest = rest[index...]
    return true
  }
}
