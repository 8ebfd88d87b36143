import Documents
import Glibc
import Testing

@testable import zhengdian

@Suite struct OutputTests {
  @Test func paintsOnlyWhereColoursShow() {
    let plain = Output()
    #expect(plain.paint("a", .red) == "a")
    plain.show(status: "working")
    plain.line("a")
    #expect(plain.captured == "a\n")
    let terminal = Output(capturingAsTerminal: true, usesColour: true)
    #expect(terminal.paint("a", .red) == "\u{1B}[31ma\u{1B}[0m")
  }

  @Test func keepsTheStatusBelowTheLines() {
    let terminal = Output(capturingAsTerminal: true)
    terminal.show(status: "1 of 2")
    terminal.line("a")
    terminal.show(status: "")
    terminal.line("b")
    let clear = "\r\u{1B}[K"
    #expect(terminal.captured == "\(clear)1 of 2\(clear)a\n1 of 2\(clear)b\n")
  }

  @Test func alignsChineseText() {
    let output = Output()
    var table = TextTable("name", "count")
    table.row("张三", "1")
    table.row("a\u{1B}[2Jb", "22")
    table.write(to: output)
    #expect(output.captured == "name    count\n张三    1\na\u{FFFD}[2Jb  22\n")
  }

  @Test func showsProgressByLinesWhereNobodyLooks() {
    let output = Output()
    let progress = ProgressBar("Pulling", total: 3, on: output)
    for _ in 0..<3 { progress.advance() }
    progress.finish("3 records")
    #expect(output.captured == "Pulling: 3 records\n")
    let terminal = Output(capturingAsTerminal: true)
    let bar = ProgressBar("Pulling", total: 4, on: terminal)
    bar.advance(by: 4)
    bar.finish()
    #expect(terminal.captured.contains("Pulling ░░░"))
    #expect(terminal.captured.contains("\r\u{1B}[KPulling: 4 of 4"))
  }

  @Test func endsQuietlyWhenNobodyReads() async throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = try Pipe()
    close(pipe.reading)
    let output = Output(descriptor: pipe.writing, environment: Environment([:]))
    let errors = Output()
    let program = Program(
      environment: Environment([:]), input: .bytes(Array(repeating: 0x0A, count: 100_000)), output: output,
      errors: errors)
    #expect(await program.run(["inspect", "path"]) == .done)
    #expect(!output.isOpen)
    #expect(errors.captured.isEmpty)
    close(pipe.writing)
  }

  @Test func saysThatADiskIsFull() async throws {
    let full = unsafe open("/dev/full", O_WRONLY)
    defer { close(full) }
    let errors = Output()
    let program = Program(
      environment: Environment([:]), input: .bytes([0x0A]),
      output: Output(descriptor: full, environment: Environment([:])), errors: errors)
    #expect(await program.run(["inspect", "path"]) == .failure)
    #expect(errors.captured == "zhengdian: the output cannot be written: No space left on device\n")
  }

  @Test(arguments: [
    ([:], true, true), (["NO_COLOR": "1"], true, false), (["NO_COLOR": ""], true, true),
    (["TERM": "dumb"], false, false),
  ])
  func asksTheTerminalAndTheEnvironment(
    _ environment: [String: String], _ isTerminal: Bool, _ usesColour: Bool
  ) throws {
    let terminal = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(terminal >= 0)
    defer { close(terminal) }
    let output = Output(descriptor: terminal, environment: Environment(environment))
    #expect(output.isTerminal == isTerminal)
    #expect(output.usesColour == usesColour)
    let file = unsafe open("/dev/null", O_WRONLY)
    defer { close(file) }
    #expect(!Output(descriptor: file, environment: Environment(environment)).isTerminal)
  }
}
