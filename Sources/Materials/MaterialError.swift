/// Why a material cannot be kept, found or given back.
public struct MaterialError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, CaseIterable, Sendable {
    case notFound = "material-not-found"
    /// Something that is needed is missing or wrong.
    case unfit = "material-unfit"
    /// The same file is kept for the same holder, and something else is said of it.
    case differs = "material-differs"
    /// It was destroyed on purpose.
    case erased = "material-erased"
    /// A stored row does not open.
    case unreadable = "material-unreadable"
  }

  public let code: Code
  /// Names members, never values of people.
  public let message: String
  /// What to do next.
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }

  static func notFound(_ id: MaterialID) -> MaterialError {
    MaterialError(
      .notFound, "there is no material \(id)", remedy: "take the number that handing it in returned")
  }

  public static func erased(_ id: MaterialID) -> MaterialError {
    MaterialError(
      .erased, "material \(id) was erased", remedy: "ask the customer for it, where it is still needed")
  }

  static func unreadable(_ id: Int64) -> MaterialError {
    MaterialError(
      .unreadable, "material \(id) is not written as this program writes it",
      remedy: "a newer program wrote it, or the row is damaged: install that one, or restore a copy")
  }
}
