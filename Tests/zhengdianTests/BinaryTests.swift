import Glibc
import Testing

@testable import zhengdian

/// The real program as a process of its own; the tests of commands run in this process.
@Suite struct BinaryTests {
  /// Beside the tests, where the build puts it.
  static let program: String? = {
    // The test process is the bundle itself, or a helper that is told where the bundle lies.
    var places = CommandLine.arguments
    if let executable = ShareFolder.executable() { places.append(executable) }
    var candidates: [String] = []
    for place in places {
      guard let ending = place.firstRange(of: ".xctest") else { continue }
      let bundle = place[..<ending.lowerBound]
      if let slash = bundle.lastIndex(of: "/") { candidates.append(bundle[..<slash] + "/zhengdian") }
    }
    return candidates.first { unsafe access($0, X_OK) == 0 }
  }()

  /// Where it does not, the tests that need it say so by this one.
  @Test func liesBesideTheTests() { #expect(Self.program != nil) }

  private func run(_ arguments: String, input: String) async throws -> (output: String, code: Int32) {
    let program = try #require(Self.program)
    return try await TemporaryFolder.use { folder in
      let file = try folder.write("input", input)
      return try await shell("'\(program)' \(arguments) < '\(file)' 2>&1")
    }
  }

  private func shell(_ script: String) async throws -> (output: String, code: Int32) {
    try await OwnThread.run {
      guard let stream = unsafe popen(script, "r") else { throw TestFailure("popen: \(errno)") }
      var output: [UInt8] = []
      var byte = unsafe fgetc(stream)
      while byte != EOF {
        output.append(UInt8(truncatingIfNeeded: byte))
        byte = unsafe fgetc(stream)
      }
      let status = unsafe pclose(stream)
      return (String(decoding: output, as: UTF8.self), status >> 8)
    }
  }

  @Test(.enabled(if: program != nil)) func answersOnStandardOutput() async throws {
    let answer = try await run("inspect path", input: #"{"document":[1.50],"path":"$[0]"}"#)
    #expect(answer.output == #"{"nodes":[1.50],"paths":["$[0]"]}"# + "\n")
    #expect(answer.code == 0)
  }

  @Test(.enabled(if: program != nil)) func endsWithTheCodeOfUsage() async throws {
    let answer = try await run("inspect pth", input: "")
    #expect(answer.output.contains("did you mean 'path'?"))
    #expect(answer.code == 2)
  }

  @Test(.enabled(if: program != nil)) func findsTheFamiliesOfTheCheckout() async throws {
    let answer = try await run(
      "inspect signature",
      input: #"{"scheme":"national-exchange","values":{"sid":"s","rid":"r","rtime":1,"key":"k"}}"#)
    #expect(answer.output.hasPrefix(#"{"text":"sr1","signature":""#))
  }

  /// Endless input and a reader that goes away: the end is quiet.
  @Test(.enabled(if: program != nil)) func endsWithItsReader() async throws {
    let program = try #require(Self.program)
    let answer = try await run("inspect json; yes 1 | '\(program)' inspect path | head -n 1; true", input: "")
    #expect(answer.output.hasSuffix(#"{"error":"a case is a JSON object, not a number"}"# + "\n"))
  }

  /// The sandbox ends in order, with everything of its threads and listeners around it.
  @Test(.enabled(if: program != nil), arguments: ["TERM", "INT"])
  func endsInOrderWhenItListens(to signal: String) async throws {
    let program = try #require(Self.program)
    try await TemporaryFolder.use { folder in
      let answer = try await shell(
        """
        cd '\(folder.path)' && mkfifo out
        '\(program)' sandbox --json --records 100 --write-config site > out 2> errors & job=$!
        read -r line < out
        kill -\(signal) $job; wait $job; echo "code $?"; cat errors; echo "$line"
        """)
      #expect(answer.output.hasPrefix("code 0\n{\"platforms\":["), "\(answer.output)")
      #expect(answer.output.contains(#""configuration":"site/zhengdian.yaml""#))
    }
  }

  /// Where nothing has to end in order the signal does what it always does: 128 + 15.
  @Test(.enabled(if: program != nil)) func endsAtOnceWhenItDoesNotListen() async throws {
    let program = try #require(Self.program)
    try await TemporaryFolder.use { folder in
      let answer = try await shell(
        """
        cd '\(folder.path)' && mkfifo in
        '\(program)' inspect path < in & job=$!
        exec 3> in
        kill -TERM $job; wait $job; echo "code $?"
        """)
      #expect(answer.output == "code 143\n")
    }
  }
}
