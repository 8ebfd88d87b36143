import Policies

/// 办理环节: the step that a form or a verdict is about, by the word of the fact.
enum SupplyStep {
  static let booking = "booking"
  static let application = "application"
  /// Where none is given.
  static let none = ""
  /// Those for which papers are looked at, in their order.
  static let judged = [application, "design-review", "intermediate-check", "completion"]

  /// What people see, in Chinese.
  static func title(_ step: String) -> String {
    switch step {
    case none: "未指明环节"
    case booking: "预约"
    case application: "受理申请"
    case "design-review": "设计审查"
    case "intermediate-check": "中间检查"
    case "completion": "竣工检验"
    default: step
    }
  }
}

extension Facts {
  var step: String { if case .word(let word)? = self[.stage] { word } else { SupplyStep.none } }
}

extension SupplyForm {
  var step: String { supply.facts.step }
}
