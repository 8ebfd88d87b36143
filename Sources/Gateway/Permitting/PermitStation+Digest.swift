import CivilTime
import Permits
import Telemetry

extension PermitStation {
  /// Tells the digest each day at its time, or as soon as the gateway is up on that day. Returns when its task is cancelled.
  func tellDigests() async {
    while !Task.isCancelled {
      let now = Timestamp.now()
      let (today, second) = (
        now.civil(offsetSeconds: UTCOffset.china).date, now.civil(offsetSeconds: UTCOffset.china).secondOfDay
      )
      var wait = digestSecond - second
      if wait <= 0 {
        do {
          if try await permits.tellDigest(at: now) {
            log(.info, "permit digest told", ["day": .text(today.description)])
          }
        } catch is CancellationError {
          return
        } catch {
          log(.error, "permit digest not told", ["problem": .text("\(error)")])
        }
        wait += 86_400
      }
      // A machine's clock may be set meanwhile.
      do { try await Task.sleep(for: .seconds(min(wait, 3600))) } catch { return }
    }
  }
}
