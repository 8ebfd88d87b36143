import Documents
import Mapping

/// `mapping test`: the samples beside the mappings against the records they should give.
enum MappingTests {
  static let recordVariable = "ZHENGDIAN_RECORD"

  static let command = Command(
    "test", "Compares what mappings make of their samples with the expected records.",
    details: """
      A sample is a message beside the mapping, Mappings/<mapping>/<case>.json or .xml; what it must give
      stands in <case>.expected.json. Of a template a sample is a record, <case>.record.json, and what it must
      give is the message, <case>.expected.json or .xml; files it attaches lie in attachments/. With --json one object a sample: {"mapping", "sample", "passed",
      "recorded", "differences": […]}.

      With ZHENGDIAN_RECORD=1 the expected records are written anew where they differ, and the command
      fails: look at what changed, then run it again without. A mapping without samples fails too, and one with
      an entity that takes no row of them. Places that no sample has are told on standard error: perhaps they are
      misspelt. Samples hold invented people only: differences are shown as they are.
      """,
    options: [MappingCommands.mappings], positionals: [MappingCommands.files]
  ) { invocation in
    try await OwnThread.run { try test(invocation) }
  }

  private static func test(_ invocation: Invocation) throws -> ExitCode {
    let place = try MappingCommands.place(invocation)
    let selection = try MappingSources.selection(of: invocation[MappingCommands.files], in: place)
    let diagnostics = Diagnostics()
    let library = MappingLibrary(
      mappings: selection.mappings, codeLists: selection.codeLists, diagnostics: diagnostics)
    var run = MappingTestRun(isRecording: invocation.environment[recordVariable] == "1")
    for mapping in library.mappings {
      for outcome in try run.test(mapping, folder: selection.sampleFolder(of: mapping.name)) {
        write(outcome, invocation)
      }
    }
    for template in library.templates {
      for outcome in try run.test(template, folder: selection.sampleFolder(of: template.name)) {
        write(outcome, invocation)
      }
    }
    // A mapping that cannot be compiled has passed no test.
    for error in diagnostics.errors + run.doubts.all {
      invocation.errors.line(TerminalText.safe(error.description))
    }
    if !invocation.wantsJSON {
      invocation.output.line(
        DiagnosticReport.count(run.passed, "sample")
          + " passed, \(run.failed) failed, \(run.recorded) recorded")
    }
    return run.failed == 0 && run.recorded == 0 && !diagnostics.hasErrors ? .done : .failure
  }

  private static func write(_ outcome: MappingTestRun.Outcome, _ invocation: Invocation) {
    let output = invocation.output
    if invocation.wantsJSON {
      output.json { writer in
        writer.member("mapping", outcome.mapping)
        writer.member("sample", outcome.sample)
        writer.member("passed", outcome.verdict == .passed)
        writer.member("recorded", outcome.verdict == .recorded)
        writer.member("differences", outcome.differences)
      }
      return
    }
    let word =
      switch outcome.verdict {
      case .passed: output.paint("passed  ", .green)
      case .failed: output.paint("failed  ", .red)
      case .recorded: output.paint("recorded", .yellow)
      }
    output.line("\(word)  \(outcome.sample ?? outcome.mapping)")
    for difference in outcome.differences { output.line("    \(TerminalText.safe(difference))") }
  }
}
