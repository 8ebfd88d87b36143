public import CivilTime
import Documents
import SQLDatabase

/// Makes applications of projects.
public final class ReserveDesk: Sendable {
  public let store: ReserveStore
  private let supply: SupplyDesk

  public init(store: ReserveStore, supply: SupplyDesk) {
    self.store = store
    self.supply = supply
  }

  /// What a project became.
  public struct Converted: Sendable {
    public let verdict: KeptVerdict
    /// Nil where it was an application before: nothing was judged, and nothing changed.
    public let answer: SupplyDesk.Answer?
  }

  /// Makes a formal application of a project (一键转正式), judges it as if it had been sent, and links the two in one transaction. A project becomes one application and no other: once more
  /// gives the latest verdict on that one.
  ///
  /// - Throws: `ReserveError`: `notFound`, `erased`, `withdrawn`; `SupplyFormError` for what has to be given because the project does not tell it, or
  ///   is given wrongly; `SupplyError`: as for an application, `numberTaken` also where another project became the one with this number, and `erased` where what it
  ///   became was erased.
  public func convert(
    _ id: ReserveProjectID, _ conversion: ReserveConversion, for asker: SupplyAsker?, at moment: Timestamp
  ) async throws -> Converted {
    let detail = try await store.detail(id)
    if let before = detail.project.application { return try await converted(before, at: moment) }
    try ReserveStore.requireConvertible(detail.project)
    guard let content = detail.content else { throw ReserveError.erased(id) }
    let bytes = conversion.form(of: detail.project, content)
    let form = try SupplyForm(
      try JSONDocument(parsing: bytes).root, today: moment.civil(offsetSeconds: UTCOffset.china).date)
    let store = store
    do {
      let (kept, answer) = try await supply.evaluate(
        form, for: asker, at: moment, keepsFormFirst: false,
        keeping: { try store.link(id, to: $0, in: $1, now: moment) },
        admitting: { try ReserveStore.requireUnlinked($0, from: id, $1) })
      return Converted(verdict: kept, answer: answer)
    } catch let error as ReserveStore.ConvertedBefore {
      // Another call was quicker; the application of this one was undone with its link.
      return try await converted(error.application, at: moment)
    }
  }

  private func converted(_ application: SupplyApplicationID, at moment: Timestamp) async throws -> Converted {
    Converted(verdict: try await supply.verdict(application, at: moment), answer: nil)
  }
}
