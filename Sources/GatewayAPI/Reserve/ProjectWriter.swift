import Certificates
import CivilTime
public import Documents
import Registry
public import Supply

/// Projects of the reserve, as the interface and the command line give them.
public enum ProjectWriter {
  /// What is listed: nothing of it is anybody's.
  public static func writeMembers(_ project: ReserveProject, to writer: inout JSONWriter) {
    writer.member("id", project.id.rawValue)
    writer.member("code", project.code)
    writer.member("parentCode", project.parentCode)
    writer.member("region", project.region)
    writer.member("stage", project.stage.rawValue)
    writer.member("capacity", project.capacity)
    writer.member("permits", project.permits)
    writer.member("underWay", project.underWay)
    writer.member("joinedTo", project.joinedTo?.rawValue)
    writer.member("application", project.application?.rawValue)
    writer.member("created", project.created.iso8601)
    writer.member("changed", project.changed.iso8601)
    writer.member("erased", project.isErased)
  }

  /// A project with what is known of it, people masked.
  public static func writeMembers(_ detail: ReserveDetail, to writer: inout JSONWriter) {
    writeMembers(detail.project, to: &writer)
    writer.member("parent", detail.parent?.rawValue)
    for (name, ids) in [("parts", detail.parts), ("joined", detail.joined), ("alike", detail.alike)] {
      writer.member(name) { writer in
        writer.array { writer in for id in ids { writer.integer(id.rawValue) } }
      }
    }
    guard let content = detail.content.map(ShownProject.init) else { return }
    writer.memberIfPresent("name", content.name)
    writer.memberIfPresent("place", content.place)
    writer.memberIfPresent("scale", content.known.scale)
    writer.memberIfPresent("industry", content.known.industry)
    writer.memberIfPresent("startYear", content.known.startYear)
    writer.memberIfPresent("endYear", content.known.endYear)
    writer.member("owners") { writer in
      writer.array { writer in
        for owner in content.owners {
          writer.object { writer in
            writer.member("name", owner.name)
            writer.memberIfPresent("code", owner.code)
            writer.member("type", owner.isPerson ? "person" : "organisation")
          }
        }
      }
    }
    writer.member("certificate", content.known.certificate.rawValue)
    writer.member("approvals") { writer in
      writer.array { writer in
        for approval in content.known.approvals { writer.object { approval.write(&$0) } }
      }
    }
  }
}

/// What of a project everybody may see who may see the project: people's names are masked, and what is called after them is
/// not shown.
public struct ShownProject {
  public struct Owner {
    public let name: String
    public let code: String?
    public let isPerson: Bool
  }

  public let name: String?
  public let place: String?
  public let owners: [Owner]
  let known: ReserveContent

  public init(_ content: ReserveContent) {
    let isAPersons = content.owners.contains { $0.isPerson } || content.owners.isEmpty
    known = content
    name = isAPersons ? nil : content.name
    place = isAPersons ? content.place.map(Masking.address) : content.place
    owners = content.owners.map { owner in
      Owner(
        name: owner.isPerson ? Masking.personName(owner.name) : owner.name,
        code: owner.code.map { code in
          owner.isPerson || Identifier.holdsCitizenNumber(code) ? Masking.code(code) : code
        }, isPerson: owner.isPerson)
    }
  }
}
