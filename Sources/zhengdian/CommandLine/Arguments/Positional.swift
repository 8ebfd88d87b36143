/// An argument that is told by its place: a file, a platform, an identifier of a case.
struct Positional: Hashable, Sendable {
  /// In capitals, as the help text shows it: `FILE`.
  let name: String
  let help: String
  let isRequired: Bool
  /// Takes all arguments that are left; only the last positional may.
  let isRepeated: Bool

  init(_ name: String, _ help: String, isRequired: Bool = true, isRepeated: Bool = false) {
    self.name = name
    self.help = help
    self.isRequired = isRequired
    self.isRepeated = isRepeated
  }
}
