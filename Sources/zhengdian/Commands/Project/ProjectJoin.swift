import Access
import CivilTime
import Documents
import SQLDatabase
import Supply

/// `project join` and `project separate`: whether two codes are one project is for a person to say.
enum ProjectJoin {
  static let other = CommandOption<String>.text(
    "to", "PROJECT", "The project that it is: the one that becomes the application.")

  static let join = Command(
    "join", "Says that a project is the same one as another under another code.",
    details: """
      It stays listed in stage 'joined', follows what platforms say of its code, and does not become an application of its own.
      'project show' names what may be the same. Who said so and why is recorded in the access audit in the same transaction.
      """,
    options: [other, ExchangeErase.reason, Look.operator], positionals: [ProjectCommands.id]
  ) { invocation in
    guard let word = invocation[other] else { throw UsageError("--to names the project that it is") }
    return try await decide(invocation, "joined", .joinProject) { store, id in
      let main = try await ProjectCommands.id(word, store)
      return { try store.join(id, to: main, in: $0, now: .now()) }
    }
  }

  static let separate = Command(
    "separate", "Takes back that a project is the same one as another.",
    details: "Who said so and why is recorded in the access audit in the same transaction.",
    options: [ExchangeErase.reason, Look.operator], positionals: [ProjectCommands.id]
  ) { invocation in
    try await decide(invocation, "separated", .separateProject) { store, id in
      { try store.separate(id, in: $0, now: .now()) }
    }
  }

  private static func decide(
    _ invocation: Invocation, _ word: String, _ action: AccessAction,
    _ change: (ReserveStore, ReserveProjectID) async throws -> @Sendable (Transaction) throws -> Bool
  ) async throws -> ExitCode {
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let id = try await ProjectCommands.id(invocation, site.reserve)
      let isNew = try await ProjectCommands.failing {
        let change = try await change(site.reserve, id)
        return try await site.database.write { transaction -> Bool in
          guard try change(transaction) else { return false }
          try site.audit.record(
            look.entry(action, reason: why, revealed: ["project[\(id)]"]), in: transaction)
          return true
        }
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("project", id.rawValue)
          $0.member(word, isNew)
        }
      } else {
        invocation.output.line(isNew ? "project \(id) is \(word)" : "project \(id) was \(word) before")
      }
      return .done
    }
  }
}
