import Applications
import Calendars
import Certificates
import CivilTime
import Documents
import Exchanges
import Permits
import Policies
import Registry
import Supply

extension ArchivedCase {
  private static let kinds: Set<CertificateKind> = [
    .constructionPlanningPermit, .roadPermit, .greeningPermit,
  ]
  /// So many certificates may have the number of a decision.
  private static let mostCertificates = 20

  /// The permit cases of a number and of a project.
  static func find(
    _ number: String, _ project: [UInt8]?, withFiles: Bool, in permits: Permits, _ registry: Registry,
    at now: Timestamp
  ) async throws -> [ArchivedCase] {
    var found: [ArchivedCase] = []
    for permitCase in try await permits.cases(ofNumber: number, project: project) {
      let report = try await permits.report(
        permitCase.id, at: now.civil(offsetSeconds: UTCOffset.china))
      found.append(
        ArchivedCase(
          number: permitCase.number, opened: permitCase.created, items: items(report),
          document: document(report),
          certificates: try await certificates(report, registry),
          files: withFiles
            ? try await permits.files(of: permitCase).map {
              File(
                code: $0.code, sm3: $0.attachment.sm3, mediaType: $0.attachment.mediaType,
                bytes: $0.attachment.bytes)
            }
            : try await permits.fileNames(of: permitCase).map {
              File(code: $0.code, sm3: $0.sm3, mediaType: "", bytes: nil)
            }))
    }
    return found
  }

  /// Of each item that has to be handed in the attempt by which it stands.
  private static func items(_ report: PermitReport) -> [Item] {
    report.view.items.counting.filter { $0.attempt.way != nil }.map { view in
      Item(
        item: view.attempt.item.rawValue, title: title(view.attempt.item), state: view.state?.title ?? "",
        isPermitted: view.state?.isPermitted == true)
    }
  }

  private static func title(_ item: PermitItem) -> String {
    switch item {
    case .routePlanning: "建设工程规划许可"
    case .roadOccupation: "临时占用城市道路"
    case .roadDigging: "挖掘城市道路"
    case .greening: "临时占用绿地、移植砍伐树木"
    }
  }

  private static func certificates(
    _ report: PermitReport, _ registry: Registry
  ) async throws -> [CertificateID] {
    var ids: [CertificateID] = []
    for entry in report.history.values.joined() {
      guard let decision = entry.words?.decision else { continue }
      let found = try await registry.certificates(
        matching: [LookupKey(.number, decision)], kinds: kinds, limit: mostCertificates)
      for certificate in found where !ids.contains(certificate.id) {
        let kind = certificate.record.kind
        guard let field = FieldSchema.field(path: "specific.caseNumber", kind: kind),
          certificate.record.specific.text(field) == report.view.permitCase.number
        else { continue }
        ids.append(certificate.id)
      }
    }
    return ids.sorted { $0.rawValue < $1.rawValue }
  }

  /// The case, each attempt with the ruling that it is needed by, and what happened. Notes are left out: they may name people.
  private static func document(_ report: PermitReport) -> [UInt8] {
    let permitCase = report.view.permitCase
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("number", permitCase.number)
      writer.member("region", permitCase.region)
      writer.member("policy", permitCase.policy)
      writer.member("day", permitCase.day.description)
      writer.member("facts") { permitCase.facts.write(&$0) }
      writer.member("created", permitCase.created.iso8601)
      writer.member("closed", permitCase.closed?.iso8601)
      writer.member("items") { writer in
        writer.array { writer in
          for item in report.view.items {
            writer.object { write(item, report.history[item.attempt.id] ?? [], to: &$0) }
          }
        }
      }
    }
    return writer.takeBytes()
  }

  private static func write(
    _ item: PermitItemView, _ history: [PermitHistoryEntry], to writer: inout JSONWriter
  ) {
    writer.member("item", item.attempt.item.rawValue)
    writer.member("attempt", item.attempt.attempt)
    writer.member("way", item.attempt.way?.rawValue)
    writer.member("state", item.state?.rawValue)
    writer.member("title", item.state?.title)
    writer.member("decided", (try? JSONDocument(parsing: Array(item.attempt.decision.utf8)))?.root)
    writer.member("events") { writer in
      writer.array { writer in
        for entry in history {
          writer.object { writer in
            writer.member("id", entry.id)
            writer.member("event", entry.event.name)
            writer.member("happened", entry.event.happened.description)
            writer.member("learned", entry.event.learned.iso8601)
            writer.member("source", entry.source.rawValue)
            writer.member("retracts", entry.event.retracts.flatMap { Int64($0) })
            writer.member("decision", entry.words?.decision)
            writer.member("exchange", entry.words?.exchange?.rawValue)
          }
        }
      }
    }
  }
}
