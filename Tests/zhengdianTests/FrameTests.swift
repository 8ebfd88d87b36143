import Documents
import Synchronization
import Testing

@testable import zhengdian

@Suite struct FrameTests {
  static let count = CommandOption<Int>.integer("count", "NUMBER", in: 1...9, "How many.")
  static let wait = CommandOption<Duration>.duration("wait", "TIME", "How long.")
  static let tags = CommandOption<String>.text("tag", "WORD", "A tag.", isRepeated: true)
  static let loud = CommandOption<Bool>.flag("loud", "Shout.")
  static let file = Positional("FILE", "A file.")
  static let more = Positional("MORE", "More files.", isRequired: false, isRepeated: true)

  /// A program that says what it understood.
  static let root = Command(
    group: "zhengdian", "A program for tests.",
    [
      Command(
        group: "thing", "Things.",
        [
          Command(
            "show", "Shows one.", options: [count, wait, tags, loud], positionals: [file, more],
            run: { invocation in
              invocation.output.line(
                "\(invocation[file]) \(invocation[more]) \(invocation[count] ?? 0) \(invocation[loud]) "
                  + "\(invocation.arguments.all(tags)) \(invocation[wait] ?? .zero) \(invocation.configurationFile)"
              )
              return invocation.wantsJSON ? .failure : .done
            })
        ]),
      Command("fail", "Fails.") { _ in
        throw CommandFailure(.platformUnreachable, "nobody there", remedy: "wait")
      },
      Command("misconfigured", "Fails.") { _ in
        throw ConfigurationError(diagnostics: [
          Diagnostic(.error, file: "a.yaml", line: 3, column: 4, message: "no")
        ])
      },
    ])

  @Test func understandsOptionsInAnyPlace() async {
    let run = await CommandRun(
      "thing", "show", "a", "--count=3", "--tag", "x", "b", "--tag", "-5", "--loud", "--config", "c.yaml",
      "--wait",
      "1m30s", "--", "--d", root: Self.root)
    #expect(run.code == .done)
    #expect(run.output == #"["a"] ["b", "--d"] 3 true ["x", "-5"] 90.0 seconds c.yaml"# + "\n")
    #expect(run.errors.isEmpty)
  }

  @Test func passesJSONOn() async {
    let run = await CommandRun("thing", "--json", "show", "-", root: Self.root)
    #expect(run.code == .failure)
    #expect(run.output == #"["-"] [] 0 false [] 0.0 seconds zhengdian.yaml"# + "\n")
  }

  @Test(arguments: [
    (["thing", "show"], "FILE is missing"),
    (["thing"], "a command is missing: one of show"),
    ([], "a command is missing: one of thing, fail, misconfigured"),
    (["thnig"], "there is no command 'thnig' (did you mean 'thing'?)"),
    (["show"], "there is no command 'show' (did you mean 'zhengdian thing show'?)"),
    (["thing", "show", "a", "--cuont", "3"], "there is no option '--cuont' (did you mean '--count'?)"),
    (["thing", "show", "a", "--jsn"], "there is no option '--jsn' (did you mean '--json'?)"),
    (["thing", "show", "a", "--count"], "--count needs a value: NUMBER"),
    (["thing", "show", "a", "--count", "--loud"], "--count needs a value: NUMBER"),
    (["thing", "show", "a", "--count", "10"], "--count takes a whole number from 1 to 9, not '10'"),
    (["thing", "show", "a", "--count", "1", "--count", "2"], "--count is given twice"),
    (["thing", "show", "a", "--loud=yes"], "--loud takes no value"),
    (
      ["thing", "show", "a", "--wait", "5 sec"],
      "--wait takes a duration such as 250ms, 30s, 10m or 1h30m, not '5 sec' (did you mean '5s'?)"
    ),
    (["fail", "a"], "'a' is one argument too many"),
    (["inspect", "identifier"], "--kind"),
  ])
  func refuses(_ arguments: [String], _ message: String) async {
    let errors = Output()
    let output = Output()
    let program = Program(
      environment: Environment([:]), input: .bytes([]), output: output, errors: errors,
      root: arguments.first == "inspect" ? CommandTree.root : Self.root)
    #expect(await program.run(arguments) == .usage)
    #expect(errors.captured.contains(": \(message)"), "\(errors.captured)")
    #expect(errors.captured.contains("--help' shows how it is used"))
    #expect(output.captured.isEmpty)
  }

  @Test func turnsErrorsIntoExitCodes() async throws {
    let unreachable = await CommandRun("fail", root: Self.root)
    #expect(unreachable.code == .platformUnreachable)
    #expect(unreachable.errors == "zhengdian fail: nobody there (wait)\n")
    let misconfigured = await CommandRun("misconfigured", root: Self.root)
    #expect(misconfigured.code == .configuration)
    #expect(misconfigured.errors == "a.yaml:3:4: error: no\n")
    let machine = await CommandRun("fail", "--json", root: Self.root)
    #expect(machine.code == .platformUnreachable)
    let error = try #require(try JSONDocument(parsing: machine.errors).root["error"])
    #expect(error["message"]?.string == "nobody there (wait)")
    #expect(error["exitCode"]?.integer == 4)
  }

  @Test(arguments: [["--help"], ["thing", "--help"], ["thing", "show", "-h"], ["help", "thing"]])
  func showsHelp(_ arguments: [String]) async {
    let output = Output()
    let program = Program(
      environment: Environment([:]), input: .bytes([]), output: output, errors: Output(), root: Self.root)
    #expect(await program.run(arguments) == .done)
    #expect(output.captured.contains("--help"))
    #expect(
      output.captured.contains(
        arguments.contains("show") ? "A tag. May be repeated." : "Commands:"))
  }

  /// What leaves the processor to a gateway beside it, and what must not: it answers somebody.
  @Test(arguments: [
    (["replay", "plan"], true), (["mapping", "diff"], true), (["journal", "verify"], true),
    (["database", "backup"], true), (["serve"], false), (["supply", "evaluate"], false),
  ])
  func longComputationsStandBack(words: [String], isInBackground: Bool) throws {
    var command = CommandTree.root
    for word in words { command = try #require(command.commands.first { $0.name == word }) }
    #expect(command.isInBackground == isInBackground)
  }

  @Test(arguments: [true, false]) func onlyBackgroundCommandsLowerTheirPriority(isInBackground: Bool) async {
    let lowered = Mutex<[ProcessPriority]>([])
    let root = Command(
      group: "zhengdian", "A program for tests.",
      [
        Command("count", "Counts.", isInBackground: isInBackground) { invocation in
          invocation.siteIsOpen()
          return .done
        }
      ])
    let output = Output()
    let program = Program(
      environment: Environment([:]), input: .bytes([]), output: output, errors: output, root: root,
      lower: { priority in lowered.withLock { $0.append(priority) } })
    #expect(await program.run(["count"]) == .done)
    #expect(lowered.withLock { $0 } == (isInBackground ? [.low, .idle] : []))
  }

  /// Names that come twice, or a place after the one that takes everything, would only show when called.
  @Test func treeIsConsistent() {
    func check(_ command: Command) {
      let options = (command.options + ArgumentParser.common).map(\.definition.name)
      #expect(Set(options).count == options.count, "\(command.name)")
      let names = command.commands.map(\.name)
      #expect(Set(names).count == names.count, "\(command.name)")
      #expect(
        command.positionals.dropLast().allSatisfy { !$0.isRepeated && $0.isRequired }, "\(command.name)")
      #expect(command.summary.hasSuffix(".") && !command.summary.contains("\n"), "\(command.name)")
      for command in command.commands { check(command) }
    }
    check(CommandTree.root)
  }
}
