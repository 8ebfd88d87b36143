import GatewayAPI
import Pushing
import SQLDatabase
import Work

/// `work show`: one item of the queue.
enum WorkShow {
  static let command = Command(
    "show", "One item: how it stands, who works on it, and what it met.", positionals: [WorkCommands.id]
  ) { invocation in
    let id = try WorkCommands.id(invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      guard let item = try await site.pushes.queue.item(id) else { throw WorkCommands.missing(id) }
      if invocation.wantsJSON {
        invocation.output.json { WorkWriter.writeMembers(item, to: &$0) }
      } else {
        let push = try await site.database.read { try site.pushes.push(doneBy: id, in: $0) }
        WorkView.write(item, push: push?.id, to: invocation.output)
      }
      return .done
    }
  }
}
