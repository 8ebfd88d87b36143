public import Applications
public import CivilTime
public import Policies

/// What a permit case is opened with.
public struct PermitRequest: Sendable {
  /// The utility's own number: the same again is the same case.
  public var number: String
  /// Area code.
  public var region: String
  /// The day by whose rules it goes.
  public var day: CivilDate
  public var facts: Facts
  /// What all items are made from; its item, promise and list of files are the case's to say.
  public var application: ApplicationRecord
  public var materials: [PermitMaterial]
  public var requestID: String

  public init(
    number: String, region: String, day: CivilDate, facts: Facts, application: ApplicationRecord,
    materials: [PermitMaterial], requestID: String
  ) {
    self.number = number
    self.region = region
    self.day = day
    self.facts = facts
    self.application = application
    self.materials = materials
    self.requestID = requestID
  }
}

/// A file with the code by which policies ask for it.
public struct PermitMaterial: Sendable {
  public let code: String
  public let attachment: Applications.Attachment

  public init(code: String, attachment: Applications.Attachment) {
    self.code = code
    self.attachment = attachment
  }
}
