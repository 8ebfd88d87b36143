import Compression
import Testing

@Suite struct ZstdDictionaryTests {
  static let common = message(4000, seed: 7)
  static let dictionary = ZstdDictionary(common, level: -1)

  @Test(arguments: [0, 1, 100, 4000, 200_000])
  func roundTrips(count: Int) throws {
    for level in [-100, -7, -1, 1, 3, 100] {
      let dictionary = ZstdDictionary(Self.common, level: level)
      let text = message(count, seed: UInt64(count))
      let frame = dictionary.compress(text.span)
      #expect(try dictionary.decompress(frame.span, maxBytes: count) == text)
      if count > 0 {
        expectError(.tooLarge) { () throws(CompressionError) in
          try dictionary.decompress(frame.span, maxBytes: count - 1)
        }
      }
    }
  }

  @Test func whatIsInTheDictionaryCostsLittle() {
    let text = Array(Self.common[1000..<2000])
    #expect(Self.dictionary.compress(text.span).count < 40)
    #expect(Zstd.compress(text).count > 100)
  }

  @Test func anotherDictionaryReadsNothing() {
    let frame = Self.dictionary.compress(Array(Self.common[1000..<2000]).span)
    let other = ZstdDictionary(message(4000, seed: 8), level: -1)
    do {
      let text = try other.decompress(frame.span, maxBytes: 10_000)
      #expect(text != Array(Self.common[1000..<2000]))
    } catch {
      #expect(error.code == .damaged)
    }
  }

  @Test func cutAndForeignFramesAreErrors() {
    let frame = Self.dictionary.compress(message(500, seed: 3).span)
    for count in 0..<frame.count {
      let cut = Array(frame[..<count])
      #expect(throws: CompressionError.self) { try Self.dictionary.decompress(cut.span, maxBytes: 1000) }
    }
    let twice = frame + frame
    expectError(.damaged) { () throws(CompressionError) in
      try Self.dictionary.decompress(twice.span, maxBytes: 1000)
    }
  }

  @Test func manyThreadsShareIt() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          for round in 0..<50 {
            let text = message(300 + round, seed: UInt64(task * 100 + round))
            let frame = Self.dictionary.compress(text.span)
            let back = try Self.dictionary.decompress(frame.span, maxBytes: 1000)
            #expect(back == text)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
