/// The arguments of one command, read and checked.
struct Arguments: Sendable {
  private var options: [String: [any Sendable]] = [:]
  private var positionals: [String: [String]] = [:]

  init() {}

  /// The value of an option, or `nil` if it was not given.
  subscript<Value>(option: CommandOption<Value>) -> Value? { all(option).first }

  /// Whether a flag was given.
  subscript(flag: CommandOption<Bool>) -> Bool { !all(flag).isEmpty }

  /// The arguments at that place, in order; empty if none were given.
  subscript(positional: Positional) -> [String] { positionals[positional.name] ?? [] }

  /// The values of an option that may stand several times, in order.
  func all<Value>(_ option: CommandOption<Value>) -> [Value] {
    (options[option.definition.name] ?? []).map {
      guard let value = $0 as? Value else {
        preconditionFailure("two options of one command are called --\(option.definition.name)")
      }
      return value
    }
  }

  /// The value of an option declared as required.
  func required<Value>(_ option: CommandOption<Value>) -> Value {
    guard let value = self[option] else {
      preconditionFailure("--\(option.definition.name) is not declared as required")
    }
    return value
  }

  func has(_ option: OptionDefinition) -> Bool { options[option.name] != nil }

  mutating func add(_ value: any Sendable, to option: OptionDefinition) {
    options[option.name, default: []].append(value)
  }

  mutating func add(_ text: String, to positional: Positional) {
    positionals[positional.name, default: []].append(text)
  }
}
