import Documents
import HTTPService

extension GatewayAPI {
  /// An answer of one object. Nothing of it may be kept by anybody on the way.
  static func json(status: Int = 200, _ write: (inout JSONWriter) throws -> Void) rethrows
    -> HTTPServerResponse
  {
    var writer = JSONWriter(reservingCapacity: 4096)
    try writer.object { writer in try write(&writer) }
    return answer(writer.takeBytes(), status: status)
  }

  static func answer(_ bytes: [UInt8], status: Int = 200) -> HTTPServerResponse {
    HTTPServerResponse(
      status: status, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
      body: .bytes(bytes))
  }
}
