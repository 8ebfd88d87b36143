import Applications
import Calendars
import Changes
import CivilTime

extension Permits {
  /// A change of a case, for the feed. The number is the utility's own, and nobody's.
  static func change(
    _ id: PermitCaseID, _ number: String, _ event: String, item: PermitItem? = nil, attempt: Int? = nil,
    state: PermitState? = nil, colour: Warning.Colour? = nil
  ) -> NewChange {
    NewChange(
      .permitChanged, "permit-\(id)",
      [
        "number": .word(number), "event": .word(event), "item": word(item?.rawValue),
        "attempt": attempt.map { ChangeDetail.number($0) }, "state": word(state?.rawValue),
        "colour": word(colour?.rawValue),
      ])
  }

  static func change(_ warning: PermitWarning) -> NewChange {
    let skipped = warning.skipped.map(\.rawValue).joined(separator: " ")
    return NewChange(
      warning.withdrawn == nil ? .permitWarning : .permitWarningWithdrawn, "permit-\(warning.permitCase)",
      [
        "number": .word(warning.number), "region": .word(warning.region),
        "item": word(warning.item?.rawValue),
        "attempt": warning.attempt.map { ChangeDetail.number($0) }, "clock": .word(warning.alert.clock),
        "colour": .word(warning.alert.colour.rawValue), "for": .word(warning.alert.audience),
        "due": .word(warning.alert.due.description), "skipped": skipped.isEmpty ? nil : .word(skipped),
        "reason": word(warning.withdrawn?.rawValue),
      ])
  }

  private static func word(_ text: String?) -> ChangeDetail? { text.map { .word($0) } }
}
