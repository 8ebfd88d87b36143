import Adapters
import Calendars
import CivilTime
import Documents

/// `adapter list`: which platforms can be called, how sure the form of the calls is, and what is asked when.
enum AdapterList {
  static let command = Command(
    "list", "The adapters with their operations, and how sure the form of the calls is.",
    details: """
      The basis is published (the platform's own published interface), convention (one that several
      platforms are known to follow) or assumed (nothing is known; to be settled with the platform's interface
      document). With --json one object a line: {"adapter", "title", "basis", "note", "settings": […],
      "operations": [{"name", "kind", "title", …}]}; a pull has "mapping" and "schedule", a push "template",
      "idempotency" and "probe", an inbound one "purpose" and, where it brings records, "mapping".

      Exit code 1 when a manifest has errors; 'adapter check' shows them.
      """,
    options: [AdapterCommands.adapters]
  ) { invocation in
    try await OwnThread.run {
      let place = try AdapterCommands.place(AdapterCommands.adapters, invocation, \.adapters)
      let diagnostics = Diagnostics()
      let library = AdapterLibrary(try AdapterSources.all(in: place), diagnostics)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for adapter in library.adapters { lines.object { write(adapter, &$0) } }
        lines.flush()
      } else {
        write(library.adapters, to: invocation.output)
      }
      for error in diagnostics.errors { invocation.errors.line(TerminalText.safe(error.description)) }
      return diagnostics.hasErrors ? .failure : .done
    }
  }

  private static func write(_ adapters: [Adapter], to output: Output) {
    var table = TextTable("adapter", "basis", "operation", "kind", "schedule", "title")
    for adapter in adapters {
      table.row(adapter.name, adapter.basis.rawValue, "", "", "", adapter.title)
      for operation in adapter.operations {
        table.row(
          "", "", operation.name, operation.kind.rawValue, when(operation), operation.title ?? "")
      }
      for operation in adapter.inbound {
        table.row(
          "", "", operation.name, Operation.Kind.inbound.rawValue, "when called", operation.title ?? "")
      }
    }
    table.write(to: output)
    for adapter in adapters {
      guard let note = adapter.note else { continue }
      output.line("\n\(output.paint(TerminalText.safe(adapter.name), .bold)): \(TerminalText.safe(note))")
    }
  }

  /// When it is called; of a push, what the platform does with one that comes twice.
  private static func when(_ operation: Operation) -> String {
    switch operation.purpose {
    case .pull(let pull): pull.schedule.map(text) ?? "on demand"
    case .query: "when asked"
    case .push(let push): push.idempotency.class.rawValue
    case .probe: "after a push"
    }
  }

  /// `*/10 * * * *`, with what is not the usual.
  private static func text(_ schedule: Schedule) -> String {
    var text = schedule.cron.text
    if schedule.offsetSeconds != UTCOffset.china { text += " (\(offset(schedule)))" }
    return text
  }

  /// `+08:00`
  private static func offset(_ schedule: Schedule) -> String {
    let minutes = abs(schedule.offsetSeconds) / 60
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(schedule.offsetSeconds < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }

  private static func write(_ adapter: Adapter, _ writer: inout JSONWriter) {
    writer.member("adapter", adapter.name)
    writer.member("title", adapter.title)
    writer.member("basis", adapter.basis.rawValue)
    writer.member("note", adapter.note)
    writer.member("settings") { writer in
      writer.array { writer in
        for setting in adapter.settings {
          writer.object { writer in
            writer.member("name", setting.name)
            writer.memberIfPresent("title", setting.title)
            writer.member("secret", setting.isSecret)
            writer.memberIfPresent("default", setting.fallback)
          }
        }
      }
    }
    writer.member("operations") { writer in
      writer.array { writer in
        for operation in adapter.operations { write(operation, &writer) }
        for operation in adapter.inbound {
          writer.object { writer in
            writer.member("name", operation.name)
            writer.member("kind", Operation.Kind.inbound.rawValue)
            writer.memberIfPresent("title", operation.title)
            writer.member("purpose", operation.purpose.rawValue)
            writer.memberIfPresent("mapping", operation.mapping)
          }
        }
      }
    }
  }

  private static func write(_ operation: Operation, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", operation.name)
      writer.member("kind", operation.kind.rawValue)
      writer.memberIfPresent("title", operation.title)
      switch operation.purpose {
      case .pull(let pull): write(pull, &writer)
      case .query(let query): writer.member("mapping", query.mapping)
      case .push(let push):
        writer.member("template", push.template)
        writer.member("idempotency", push.idempotency.class.rawValue)
        writer.member("probe", push.idempotency.probe)
      case .probe: break
      }
    }
  }

  private static func write(_ pull: Operation.Pull, _ writer: inout JSONWriter) {
    writer.member("mapping", pull.mapping)
    guard let schedule = pull.schedule else { return writer.member("schedule") { $0.null() } }
    writer.member("schedule") { writer in
      writer.object { writer in
        writer.member("cron", schedule.cron.text)
        writer.member("zone", offset(schedule))
        writer.member("jitterSeconds", schedule.jitter)
        writer.member("catchUp", schedule.catchUp.rawValue)
      }
    }
  }
}
