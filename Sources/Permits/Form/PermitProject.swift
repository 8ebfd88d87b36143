public import Applications
import Certificates
public import CivilTime
import Exchanges
import Registry

/// What the registry knows of a project (项目赋码): the part of an application that need not be written out again.
public struct PermitProject: Sendable {
  /// Area code.
  public let region: String?
  public let values: ApplicationValues

  /// Stands in for one while only the shape of a form is looked at.
  public static let anyone = PermitProject(
    region: "000000",
    values: ApplicationValues([
      "projectCode": .text("-"), "projectName": .text("-"), "location": .text("-"), "areaCode": .text("-"),
      "applicant": .group(
        ApplicationValues(["name": .text("-"), "code": .text("-"), "codeType": .text("999")])),
    ]))

  init(region: String?, values: ApplicationValues) {
    self.region = region
    self.values = values
  }

  init(_ record: CertificateRecord) {
    let (basic, specific) = (record.basic, record.specific)
    region = basic.text(.areaCode)
    var values = ApplicationValues()
    for (name, text) in [
      ("projectCode", record.projectCode), ("projectName", specific.text(.projectName)),
      ("location", specific.text(.place)), ("areaCode", region),
    ] { values[name] = text.map { .text($0) } }
    if let holder = record.holders.first, let name = holder.text(.holderName),
      let code = holder.text(.holderCode), let type = holder.text(.holderCodeType)
    {
      values["applicant"] = .group(
        ApplicationValues(["name": .text(name), "code": .text(code), "codeType": .text(type)]))
    }
    self.values = values
  }
}

extension Permits {
  /// The project of this code, as the registry has it.
  ///
  /// - Throws: `PermitError` `unfit` for what is no project code, `notFound` where no platform has told of it, `notNow`
  ///   where it is valid no more.
  public func project(_ code: String, on day: CivilDate) async throws -> PermitProject {
    guard Identifier.inspect(.projectCode, code).isValid else {
      throw PermitError(
        .unfit, "project: a project code is needed",
        remedy: "'inspect identifier' says what is wrong with it")
    }
    let known = try await registry?.certificates(
      matching: [LookupKey(.projectCode, code)], kinds: [.projectRegistration])
    guard let known, let latest = known.first else {
      throw PermitError(
        .notFound, "no platform has told of the project",
        remedy: "pull the project codes, or write the application out")
    }
    let standing: (Certificate) -> Standing.State = { $0.record.standing(on: day).state }
    let usable = known.first { standing($0) == .valid } ?? latest
    switch standing(usable) {
    case .valid, .unknown: return PermitProject(usable.record)
    case .cancelled, .revoked, .expired, .notYetValid, .seized:
      throw PermitError(
        .notNow, "the project is \(standing(usable).rawValue)",
        remedy: "ask the customer; where the platform is wrong, write the application out")
    }
  }
}
