public import Authorisations
public import CivilTime
import Documents
public import Materials
import SQLDatabase

extension SupplyDesk {
  /// A verdict that was kept: the latest, or the one of a version.
  ///
  /// Where the latest rests on an authorisation that holds no more, or on a material that was taken back, or is not final and not of just now, it is
  /// judged anew first, by what is known and without asking anybody. A version that is named is given as it was signed.
  ///
  /// - Throws: `SupplyError`: `notFound`, `erased`.
  public func verdict(
    _ id: SupplyApplicationID, version: Int? = nil, at moment: Timestamp
  ) async throws -> KeptVerdict {
    let kept = try await store.verdict(id, version: version)
    guard version == nil, try await isOutdated(kept, at: moment) else { return kept }
    try await refresh(id, at: moment)
    return try await store.verdict(id)
  }

  /// So many seconds a verdict that is not final is given as it is.
  private static let shortest = 300

  private func isOutdated(_ kept: KeptVerdict, at moment: Timestamp) async throws -> Bool {
    guard try await counter.holds(kept, at: moment) else { return true }
    guard try !kept.isFinal, kept.created.advanced(bySeconds: Self.shortest) <= moment else { return false }
    let (store, id) = (store, kept.application)
    // While platforms are asked for a newer form, that one's verdict is waited for.
    guard let held = try await store.application(id, requestID: "show-\(id)"), held.changed <= kept.created
    else { return false }
    return try await store.database.read { try store.followed(id, $0) != nil }
  }
}

extension SupplyCounter {
  /// Whether everything holds that a verdict rests on and people can take back.
  public func holds(_ kept: KeptVerdict, at moment: Timestamp) async throws -> Bool {
    let (authorised, handedIn) = (try kept.authorisations, try kept.materials)
    for id in authorised where try await !authorisations.authorisation(id).holds(at: moment) { return false }
    for id in handedIn {
      let material = try await materials.material(id)
      if material.withdrawn != nil || material.erased != nil { return false }
    }
    return true
  }
}

extension KeptVerdict {
  /// Whether nothing in it could still be told or decided.
  var isFinal: Bool {
    get throws { try document.root["verdict"]?["final"]?.boolean != false }
  }

  /// The authorisations that held when it was judged.
  public var authorisations: [AuthorisationID] {
    get throws {
      try document.root["authorisations"]?.elements.compactMap(\.integer).map {
        AuthorisationID(rawValue: Int64($0))
      } ?? []
    }
  }

  /// The materials that stand in it.
  public var materials: [MaterialID] {
    get throws {
      try document.root["verdict"]?["requirements"]?.elements.compactMap { $0["evidence"]?["kept"]?.integer }
        .map { MaterialID(rawValue: Int64($0)) } ?? []
    }
  }
}
