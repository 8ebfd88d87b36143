/// A request that the server answers itself, because it is no request or more than is taken.
public struct HTTPRefusal: Hashable, Sendable {
  public let status: Int
  /// A stable word: `http.body-too-large`.
  public let code: String
  /// For whoever sent it; a constant, without anything of the request.
  public let detail: String
  /// nil where the head of the request was not read whole.
  public let method: String?
}
