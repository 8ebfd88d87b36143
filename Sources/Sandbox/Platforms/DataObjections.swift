public import CivilTime
import Synchronization

/// 数据异议: somebody told a data platform that a record of its is wrong.
public struct DataObjection: Hashable, Sendable {
  /// Ours, as the caller gave it.
  public let key: String
  /// The platform's word for the kind of certificate.
  public let kind: String
  public let field: String
  public let receipt: String
  public let received: Timestamp
}

/// The objections that a data platform took, for as long as the sandbox runs. A key that comes again gets its first receipt.
final class DataObjections: Sendable {
  private let objections = Mutex<[DataObjection]>([])

  var all: [DataObjection] { objections.withLock { $0 } }

  func take(key: String, kind: String, field: String, at now: Timestamp) -> (DataObjection, isNew: Bool) {
    objections.withLock { objections in
      if let first = objections.first(where: { $0.key == key }) { return (first, false) }
      let new = DataObjection(
        key: key, kind: kind, field: field, receipt: "YY\(now.milliseconds / 1000)-\(objections.count + 1)",
        received: now)
      objections.append(new)
      return (new, true)
    }
  }

  func removeAll() { objections.withLock { $0 = [] } }
}
