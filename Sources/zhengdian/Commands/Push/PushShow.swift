import Access
import Adapters
import Applications
import Documents
import Gateway
import GatewayAPI
import Pushing
import Registry

/// `push show`: one push, what happened to it, and on demand what was handed in.
enum PushShow {
  static let content = CommandOption<Bool>.flag(
    "content", "Show what was handed in and the receipt, whole; needs --purpose and --operator.")

  static let command = Command(
    "show", "One push: how it stands, and everything that happened to it.",
    details: """
      --content shows the record, the names of the attachments and the platform's receipt. That is other people's
      data: it is recorded in the access audit before it is shown.
      """,
    options: [content, Look.purpose, Look.operator], positionals: [PushCommands.id]
  ) { invocation in
    let id = try PushCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = invocation[content] ? try Look(invocation, configuration, mustReveal: true) : nil
    return try await SiteStore.use(configuration, invocation.environment) { site in
      guard let push = try await site.pushes.push(id) else {
        throw CommandFailure(.failure, "there is no push \(id)", remedy: "'push list' shows those there are")
      }
      let history = try await site.pushes.history(of: id)
      var shown: Content?
      if let look {
        try await look.record(.evidence, revealed: ["pushes[\(id)]"], in: site.audit)
        shown = try await Content(id, site.pushes)
      }
      if invocation.wantsJSON {
        invocation.output.json { writer in
          PushWriter.writeMembers(push, to: &writer)
          PushWriter.writeHistory(history, to: &writer)
          shown?.write(to: &writer)
        }
      } else {
        PushView.write(push, to: invocation.output)
        invocation.output.line()
        PushView.write(history, to: invocation.output)
        shown?.write(to: invocation.output)
      }
      return .done
    }
  }

  /// What was handed in, and what the platform answered.
  private struct Content {
    let record: JSONDocument
    let attachments: [String]
    let receipt: String?
    let state: String?

    init(_ id: PushID, _ pushes: Pushes) async throws {
      let (record, attachments) = try await pushes.content(of: id)
      let acknowledgement = try await pushes.acknowledgement(of: id)
      self.record = try JSONDocument(parsing: record.encode())
      self.attachments = attachments.map {
        "\($0.name) (\($0.mediaType), \($0.bytes.count) bytes, SM3 \($0.sm3))"
      }
      receipt = acknowledgement?.receipt
      state = acknowledgement?.state
    }

    func write(to writer: inout JSONWriter) {
      writer.member("receipt", receipt)
      writer.member("platformState", state)
      writer.member("record", record.root)
      writer.member("attachments", attachments)
    }

    func write(to output: Output) {
      output.line()
      output.line(TerminalText.safe("receipt       \(receipt ?? "-")"))
      output.line(TerminalText.safe("their state   \(state ?? "-")"))
      for attachment in attachments { output.line(TerminalText.safe("attachment    \(attachment)")) }
      output.line(TerminalText.safe(String(decoding: record.bytes, as: UTF8.self)))
    }
  }
}
