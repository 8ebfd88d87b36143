import Permits
import Telemetry

extension PermitStation {
  /// Reads anew what an earlier version has left; nothing after the first time. What keeps it from that is logged, and tried again.
  func catchUp() async {
    while !Task.isCancelled {
      do {
        let read = try await permits.catchUp()
        if read > 0 { log(.info, "permit cases read anew", ["cases": .integer(read)]) }
        return
      } catch is CancellationError {
        return
      } catch {
        log(.error, "permit cases not read anew", ["problem": .text("\(error)")])
        do { try await Task.sleep(for: .seconds(3600)) } catch { return }
      }
    }
  }
}
