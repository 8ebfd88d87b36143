import Compression
import TestSupport
import Testing

/// Bytes that compress somewhat, as messages do.
func message(_ count: Int, seed: UInt64) -> [UInt8] {
  var generator = SplitMix64(seed: seed)
  let words = ["\"name\":", "\"杭州市\"", ",", "{", "}", "\"330106\"", "0", "1", "9"]
  var text: [UInt8] = []
  while text.count < count { text += words[Int.random(in: 0..<words.count, using: &generator)].utf8 }
  return Array(text.prefix(count))
}

func expectError(
  _ code: CompressionError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws(CompressionError) -> [UInt8]
) {
  do {
    let result = try body()
    Issue.record("expected \(code.rawValue), got \(result.count) bytes", sourceLocation: sourceLocation)
  } catch {
    #expect(error.code == code, sourceLocation: sourceLocation)
    #expect(!error.description.isEmpty, sourceLocation: sourceLocation)
  }
}

@Suite struct ZstdTests {
  @Test(arguments: [0, 1, 100, 4096, 65_536, 131_072, 131_073, 1_000_000])
  func roundTrips(count: Int) throws {
    let text = message(count, seed: UInt64(count))
    for level in [Int.min, 1, 3, 9, 10, 19, Int.max] where count < 100_000 || level < 10 {
      let frame = Zstd.compress(text, level: level)
      #expect(try Zstd.decompress(frame, maxBytes: count) == text)
      #expect(count < 1000 || frame.count < count / 2)
      if count > 0 {
        expectError(.tooLarge) { () throws(CompressionError) in
          try Zstd.decompress(frame, maxBytes: count - 1)
        }
      }
      #expect(frame == Zstd.compress(text, level: level), "the same text gives the same frame")
    }
  }

  @Test func randomBytesGrowLittle() throws {
    var generator = SplitMix64(seed: 1)
    let text = (0..<50_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    let frame = Zstd.compress(text)
    #expect(frame.count < text.count + 100)
    #expect(try Zstd.decompress(frame, maxBytes: .max) == text)
  }

  @Test func refusesABomb() {
    let frame = Zstd.compress([UInt8](repeating: 0, count: 64 << 20))
    #expect(frame.count < 10_000)
    expectError(.tooLarge) { () throws(CompressionError) in try Zstd.decompress(frame, maxBytes: 1 << 20) }
    expectError(.tooLarge) { () throws(CompressionError) in try Zstd.decompress(frame, maxBytes: 0) }
    expectError(.tooLarge) { () throws(CompressionError) in try Zstd.decompress(frame, maxBytes: -1) }
  }

  /// Written by `head -c 1000000 /dev/zero | zstd --no-check -c`, which cannot know the length.
  @Test func takesFramesOfUnknownLength() throws {
    let frame = hex(
      "28b52ffd00585400001000000100fbff39c00202001000020010000200100002001000020010000200100003120a00")
    let text = [UInt8](repeating: 0, count: 1_000_000)
    #expect(try Zstd.decompress(frame, maxBytes: 1_000_000) == text)
    #expect(try Zstd.decompress(frame, maxBytes: .max) == text)
    expectError(.tooLarge) { () throws(CompressionError) in try Zstd.decompress(frame, maxBytes: 999_999) }
    expectError(.tooLarge) { () throws(CompressionError) in try Zstd.decompress(frame, maxBytes: 1) }
    for length in frame.indices {
      expectError(.truncated) { () throws(CompressionError) in
        try Zstd.decompress(Array(frame.prefix(length)), maxBytes: 1_000_000)
      }
    }
  }

  /// A raw block in a frame of unknown length with a window of 2 GiB.
  @Test func refusesAHugeWindow() {
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0x09, 0x00, 0x00, 0x41]
    expectError(.damaged) { () throws(CompressionError) in try Zstd.decompress(frame, maxBytes: 100) }
  }

  /// A frame that declares far more than it holds.
  @Test func refusesALyingLength() {
    // Single segment, eight bytes of length, one raw block with one byte.
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0x09, 0, 0, 0x41]
    expectError(.damaged) { () throws(CompressionError) in try Zstd.decompress(frame, maxBytes: 1 << 30) }
    expectError(.tooLarge) { () throws(CompressionError) in try Zstd.decompress(frame, maxBytes: 1 << 20) }
  }

  @Test func damageIsNoticed() {
    let text = message(5000, seed: 2)
    let frame = Zstd.compress(text)
    var generator = SplitMix64(seed: 3)
    for index in frame.indices {
      var damaged = frame
      damaged[index] ^= UInt8.random(in: 1...255, using: &generator)
      #expect(throws: CompressionError.self, "byte \(index)") {
        try Zstd.decompress(damaged, maxBytes: 10_000)
      }
      expectError(.truncated) { () throws(CompressionError) in
        try Zstd.decompress(Array(frame.prefix(index)), maxBytes: 10_000)
      }
    }
    for _ in 0..<2000 {
      let count = Int.random(in: 0...60, using: &generator)
      let garbage =
        [0x28, 0xB5, 0x2F, 0xFD] + (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      #expect(throws: CompressionError.self) { try Zstd.decompress(garbage, maxBytes: 1 << 20) }
    }
    // Contexts still work after all that.
    #expect(throws: Never.self) { try #require(Zstd.decompress(frame, maxBytes: 5000) == text) }
  }

  @Test func refusesWhatIsNotOneFrame() {
    let frame = Zstd.compress(Array("a".utf8))
    for bad in [
      frame + [0], frame + frame, [0] + frame, Array("plain text".utf8),
      [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0],
    ] {
      expectError(.damaged) { () throws(CompressionError) in try Zstd.decompress(bad, maxBytes: 100) }
    }
    expectError(.truncated) { () throws(CompressionError) in try Zstd.decompress([], maxBytes: 100) }
  }

  @Test func manyThreadsShareThePools() async {
    await withTaskGroup(of: Bool.self) { group in
      for worker in 0..<8 {
        group.addTask {
          for round in 0..<50 {
            let text = message(2000 + round, seed: UInt64(worker * 100 + round))
            do {
              if try Zstd.decompress(Zstd.compress(text), maxBytes: 3000) != text { return false }
            } catch {
              return false
            }
          }
          return true
        }
      }
      for await good in group { #expect(good) }
    }
  }
}

private func hex(_ text: String) -> [UInt8] {
  var result: [UInt8] = []
  var digits = text.utf8.makeIterator()
  while let high = digits.next(), let low = digits.next() {
    result.append(
      UInt8(Character(Unicode.Scalar(high)).hexDigitValue ?? 0) << 4
        | UInt8(Character(Unicode.Scalar(low)).hexDigitValue ?? 0))
  }
  return result
}
