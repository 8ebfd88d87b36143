public import CivilTime
import Certificates

/// 送电: what is noted of an application when the customer has electricity.
public struct SupplyConnection: Hashable, Sendable {
  public static let mostContracts = 20

  /// Of the note; a later one stands in for it.
  public let id: Int64
  public let connected: Timestamp
  /// The utility's own numbers of its contracts, which are kept elsewhere.
  public let contracts: [String]
  public let noted: Timestamp

  /// - Throws: `SupplyError.unfit` for a number that is none, or somebody's.
  static func require(_ contracts: [String]) throws(SupplyError) {
    guard contracts.count <= mostContracts, Set(contracts).count == contracts.count,
      contracts.allSatisfy({ SupplyForm.isNumber($0) && !Identifier.holdsCitizenNumber($0) })
    else {
      throw SupplyError(
        .unfit,
        "contracts: at most \(mostContracts) different numbers of 1 to 64 letters, digits, '-', '_' or '.', and nobody's",
        remedy: "give the utility's own numbers of the contracts")
    }
  }
}

/// How far the archive of a connected application is.
public struct ArchiveStanding: Hashable, Sendable {
  public let connection: SupplyConnection
  /// The first moment that is too late; nil where a calendar is missing.
  public let due: Timestamp?
  /// When it was found whole.
  public let archived: Timestamp?

  public func isLate(at moment: Timestamp) -> Bool { due.map { (archived ?? moment) >= $0 } ?? false }
}
