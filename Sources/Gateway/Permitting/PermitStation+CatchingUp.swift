import Permits
import Telemetry

extension PermitStation {
  /// Reads anew what an earlier version has left; nothing after the first time. What keeps it from that is logged, and tried again: of all cases within the
  /// hour, of a case that cannot be read on the next day.
  func catchUp() async {
    while !Task.isCancelled {
      var wait = Duration.seconds(86_400)
      do {
        let (read, left) = try await permits.catchUp(skipped: { [log] id, error in
          log(.error, "permit case not read anew", ["case": .text("\(id)"), "problem": .text("\(error)")])
        })
        if read > 0 { log(.info, "permit cases read anew", ["cases": .integer(read)]) }
        guard left > 0 else { return }
      } catch is CancellationError {
        return
      } catch {
        log(.error, "permit cases not read anew", ["problem": .text("\(error)")])
        wait = .seconds(3600)
      }
      do { try await Task.sleep(for: wait) } catch { return }
    }
  }
}
