import Gateway
import Documents
import SQLDatabase

/// `database migrate`: makes the database or brings its tables up to date.
enum DatabaseMigrate {
  static let command = Command(
    "migrate", "Makes the database, or brings its tables to this program's version.",
    details: "The gateway does the same at its start; this is for doing it before, at a chosen time."
  ) { invocation in
    let configuration = try SiteFile.read(invocation)
    let database = try await Database.open(path: configuration.database)
    let steps: [SchemaVersion]
    do {
      steps = try await database.migrate(SiteDatabase.components)
    } catch {
      await database.close()
      throw error
    }
    await database.close()
    if invocation.wantsJSON {
      invocation.output.json { writer in
        writer.member("database", configuration.database)
        writer.member("steps") { writer in
          writer.array { writer in
            for step in steps {
              writer.object {
                $0.member("component", step.component)
                $0.member("version", step.version)
                $0.member("name", step.name)
              }
            }
          }
        }
      }
    } else if steps.isEmpty {
      invocation.output.line("\(configuration.database) is up to date")
    } else {
      for step in steps { invocation.output.line("\(step.component) \(step.version): \(step.name)") }
    }
    return .done
  }
}
