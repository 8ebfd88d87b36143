/// The settings of each platform's connection, under the names that docs/reference/sandbox.md gives them.
extension ZhejiangPublicData {
  var settings: [SandboxConnection.Setting] {
    [
      .init(name: "appKey", value: appKey, isSecret: false),
      .init(name: "appSecret", value: appSecret, isSecret: true),
      .init(name: "organisation", value: "330100", isSecret: false),
    ]
  }
}

extension Investment30 {
  var settings: [SandboxConnection.Setting] {
    [
      .init(name: "paasid", value: check.paasid, isSecret: false),
      .init(name: "token", value: check.token, isSecret: true),
    ]
  }
}

extension PermitWindow {
  var settings: [SandboxConnection.Setting] {
    [
      .init(name: "paasid", value: check.paasid, isSecret: false),
      .init(name: "token", value: check.token, isSecret: true),
    ]
  }
}

extension RealEstateXML {
  var settings: [SandboxConnection.Setting] {
    [
      .init(name: "accessId", value: accessID, isSecret: false),
      .init(name: "areaCode", value: areaCode, isSecret: false),
      .init(name: "signKey", value: signKey, isSecret: true),
    ]
  }
}

extension NationalExchange {
  var settings: [SandboxConnection.Setting] {
    gate.settings + [
      .init(name: "contractorLicenceServiceId", value: contractorLicenceServiceID, isSecret: false),
      .init(name: "contractorQueryServiceId", value: contractorQueryServiceID, isSecret: false),
      .init(name: "designLicenceServiceId", value: designLicenceServiceID, isSecret: false),
      .init(name: "designQueryServiceId", value: designQueryServiceID, isSecret: false),
      .init(name: "proofServiceId", value: proofServiceID, isSecret: false),
    ]
  }
}
