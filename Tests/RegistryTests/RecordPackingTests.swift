import Certificates
import Crypto
import Testing

@testable import Registry

@Suite struct RecordPackingTests {
  /// Stored records rest on these bytes: with others nothing of them can be read any more.
  @Test func theFirstDictionaryNeverChanges() {
    #expect(
      Hex.encode(Digest.sha256.hash(RecordDictionary.first))
        == "3ce207b2d0d71e0d6fde8ab8d0d1cd55b9e66fce8bfc291396c2c4c36ae1d2c2")
  }

  @Test func recordsComeBackAndAreSmall() throws {
    let record = Sample.licence().encode()
    let packed = RecordPacking.pack(record)
    #expect(packed.count < record.count / 2)
    #expect(try RecordPacking.unpack(packed) == record)
  }

  @Test func recordsOfTheFirstVersionAreReadAsTheyAre() throws {
    let record = Sample.licence().encode()
    #expect(try RecordPacking.unpack(record) == record)
  }

  @Test(arguments: [[], [0], [1], [2, 1, 2, 3], [1, 0x28, 0xB5, 0x2F, 0xFD]] as [[UInt8]])
  func otherBytesAreErrors(_ bytes: [UInt8]) {
    let error = #expect(throws: RegistryError.self) { try RecordPacking.unpack(bytes) }
    #expect(error?.code == .unreadable)
  }
}
