import Compression

/// The stored form of a record, before it is sealed: version (1) ‖ its canonical JSON, compressed by zstd with a dictionary of what records have in common.
///
/// A record takes a quarter of its length, and all that has to be enciphered, hashed and written with it.
enum RecordPacking {
  private static let version: UInt8 = 1
  /// Far more than any record; a damaged frame may not ask for more.
  private static let largestRecord = 16 << 20

  private static let dictionary = ZstdDictionary(Array(RecordDictionary.first.utf8), level: -1)

  static func pack(_ record: [UInt8]) -> [UInt8] {
    [version] + dictionary.compress(record.span)
  }

  static func unpack(_ packed: [UInt8]) throws(RegistryError) -> [UInt8] {
    // The first version stored the JSON as it is.
    if packed.first == UInt8(ascii: "{") { return packed }
    guard packed.first == version else {
      throw RegistryError(
        .unreadable, "a stored record is of a form this program does not know; a newer one wrote it")
    }
    do throws(CompressionError) {
      return try dictionary.decompress(packed.span.extracting(1...), maxBytes: largestRecord)
    } catch {
      throw RegistryError(.unreadable, "a stored record does not unpack: \(error)")
    }
  }
}
