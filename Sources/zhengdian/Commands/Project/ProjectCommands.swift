import Documents
import Supply

/// `project …`: projects that are known by their codes before anybody applied.
enum ProjectCommands {
  static let group = Command(
    group: "project", "Projects that are known by their codes before anybody applied for electricity.",
    [
      ProjectList.command, ProjectShow.command, ProjectConvert.command, ProjectImport.command,
      ProjectJoin.join, ProjectJoin.separate, ProjectErase.command,
    ])

  static let id = Positional("PROJECT", "The number of a project, as 'project list' shows it, or its code.")

  /// Runs what throws the errors of projects and applications, in the words of a command.
  static func failing<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await SupplyCommands.failing(body)
    } catch let error as ReserveError {
      throw CommandFailure(.failure, error.message, remedy: error.remedy)
    } catch let error as ProjectTable.Unreadable {
      throw CommandFailure(
        .failure, error.description, remedy: "docs/reference/projects.md has the headings; nothing was stored"
      )
    }
  }

  static func id(_ invocation: Invocation, _ store: ReserveStore) async throws -> ReserveProjectID {
    try await id(invocation[id].first ?? "", store)
  }

  static func id(_ word: String, _ store: ReserveStore) async throws -> ReserveProjectID {
    if let number = Int64(word), number > 0, word.utf8.count < 19 {
      return ReserveProjectID(rawValue: number)
    }
    guard let id = try await store.project(code: word) else {
      throw CommandFailure(
        .failure, "there is no such project in the reserve",
        remedy: "PROJECT is a number, as 'zhengdian project list' shows it, or a project code")
    }
    return id
  }
}
