import Glibc
import TestSupport
import Testing

@testable import zhengdian

@Suite struct LineReaderTests {
  private func lines(_ source: InputSource, longest: Int = 1 << 20) throws -> [String] {
    var reader = LineReader(source, longestLine: longest)
    var lines: [String] = []
    while let line = try reader.next(beforeWaiting: {}) {
      switch line {
      case .text(let range): lines.append(String(decoding: reader.bytes[range], as: UTF8.self))
      case .tooLong: lines.append("too long")
      }
    }
    return lines
  }

  @Test(arguments: [
    ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\na\n", ["", "", "a"]),
    ("a\r\n\0\n", ["a\r", "\0"]), ("12345\n123456\n1", ["12345", "too long", "1"]), ("123456", ["too long"]),
    ("1\n1234567890", ["1", "too long"]),
  ])
  func cuts(_ text: String, _ expected: [String]) throws {
    #expect(try lines(.bytes(Array(text.utf8)), longest: 5) == expected)
    let pipe = try Pipe()
    pipe.send(text)
    close(pipe.writing)
    #expect(try lines(.descriptor(pipe.reading), longest: 5) == expected)
    close(pipe.reading)
  }

  /// Lines shorter and longer than one reading, in pieces of any size, come out as they went in.
  @Test(arguments: [1, 2]) func cutsWhatComesInPieces(_ seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    var expected: [String] = []
    for _ in 0..<12 {
      let count = random.next(below: 4) == 0 ? random.next(below: 400_000) : random.next(below: 300)
      expected.append(String(repeating: random.next(below: 2) == 0 ? "x" : "政", count: count))
    }
    let longest = 500_000
    let text = Array((expected.joined(separator: "\n") + "\n").utf8)
    let pipe = try Pipe()
    let sizes = (0..<64).map { _ in 1 + random.next(below: 90_000) }
    async let sending: Void = OwnThread.run {
      var start = 0
      var turn = 0
      while start < text.count {
        let piece = Array(text[start..<min(text.count, start + sizes[turn % sizes.count])])
        var sent = 0
        while sent < piece.count {
          let rest = Array(piece[sent...])
          sent += unsafe write(pipe.writing, rest, rest.count)
        }
        start += piece.count
        turn += 1
      }
      close(pipe.writing)
    }
    let received = try await OwnThread.run { try lines(.descriptor(pipe.reading), longest: longest) }
    try await sending
    close(pipe.reading)
    #expect(received == expected.map { $0.utf8.count > longest ? "too long" : $0 })
  }

  @Test func refusesWhatCannotBeRead() throws {
    let folder = unsafe open("/", O_RDONLY)
    defer { close(folder) }
    #expect(throws: InputError.self) { try lines(.descriptor(folder)) }
  }

  /// Whoever waits for the answer before asking on gets it.
  @Test func answersBeforeTheInputEnds() async throws {
    let input = try Pipe()
    let output = try Pipe()
    let environment = Environment([:])
    let program = Program(
      environment: environment, input: .descriptor(input.reading),
      output: Output(descriptor: output.writing, environment: environment), errors: Output())
    async let code = program.run(["inspect", "path"])
    for number in 1...3 {
      input.send("{\"document\":[\(number)],\"path\":\"$[0]\"}\n")
      let answer = try await OwnThread.run { output.receive() }
      #expect(answer == "{\"nodes\":[\(number)],\"paths\":[\"$[0]\"]}\n")
    }
    close(input.writing)
    #expect(await code == .done)
    for descriptor in [input.reading, output.reading, output.writing] { close(descriptor) }
  }
}
