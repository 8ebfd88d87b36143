import CivilTime
import Documents
import HTTPService
import Sync

extension GatewayAPI {
  func listPlatforms(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    _ = try QueryReader(request, known: [])
    let platforms = try await parts.platforms.platforms()
    return Self.json { writer in
      writer.member("platforms") { writer in
        writer.array { writer in
          for platform in platforms { writer.object { Self.write(platform, to: &$0) } }
        }
      }
    }
  }

  private static func write(_ platform: PlatformStatus, to writer: inout JSONWriter) {
    writer.member("name", platform.name)
    writer.member("adapter", platform.adapter)
    writer.member("title", platform.title)
    writer.member("basis", platform.basis)
    writer.member("operations") { writer in
      writer.array { writer in
        for operation in platform.operations {
          writer.object { writer in
            writer.member("name", operation.name)
            writer.member("title", operation.title)
            writer.member("enabled", operation.isEnabled)
            writer.member("lastStarted", operation.lastStarted?.iso8601)
            writer.member("lastSucceeded", operation.lastSucceeded?.iso8601)
            writer.member("lastOutcome", operation.lastOutcome)
            writer.member("lastProblem", operation.lastProblem)
            writer.member("watermark", operation.watermark?.iso8601)
            writer.member("nextRun", operation.nextRun?.iso8601)
            writer.member("records", operation.records)
          }
        }
      }
    }
  }
}
