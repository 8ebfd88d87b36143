import Mapping

/// Sudden emptiness and collapse, judged by the rows per second of the windows before; of operations that are pulled as a whole by their rows. Where a window brings
/// too few rows to say something by itself, ``SparseVolume`` sums them up.
extension DriftRules {
  /// Windows before anything is said.
  static let leastWindows = 8
  /// Where fewer rows are to be expected, chance alone may leave a window empty.
  static let leastExpected = 50.0
  /// Less than this share of the usual is a collapse, unless some window before was nearly as poor.
  static let collapseShare = 0.1
  static let poorestShare = 0.5

  static func volume(_ window: VolumeHistory.Window, _ history: VolumeHistory) -> DriftFinding? {
    let past = history.windows.filter { ($0.seconds == 0) == (window.seconds == 0) }
    guard past.count >= leastWindows else { return sparse(window, history) }
    func rate(_ window: VolumeHistory.Window) -> Double {
      Double(window.rows) / Double(max(window.seconds, 1))
    }
    let usual = past.map(rate).sorted()[past.count / 2]
    func expected(_ window: VolumeHistory.Window) -> Double { usual * Double(max(window.seconds, 1)) }
    guard expected(window) >= leastExpected else { return sparse(window, history) }
    // Only windows that were long enough say what may happen.
    let telling = past.filter { expected($0) >= leastExpected }
    let detail =
      "\(window.rows) rows; by the windows before about \(Int(expected(window))) were to be expected"
    func finding(_ kind: DriftKind) -> DriftFinding {
      DriftFinding(
        subject: DriftSubject(entity: "", kind: kind, subject: "rows"), facet: .volume, detail: detail)
    }
    if window.rows == 0 { return telling.contains { $0.rows == 0 } ? nil : finding(.suddenEmptiness) }
    guard Double(window.rows) < collapseShare * expected(window) else { return nil }
    let poorest = telling.map(rate).min() ?? usual
    return rate(window) < poorestShare * poorest ? finding(.volumeCollapse) : nil
  }

  /// Windows of few rows, together with those before.
  private static func sparse(_ window: VolumeHistory.Window, _ history: VolumeHistory) -> DriftFinding? {
    if let last = history.windows.last, (last.seconds == 0) != (window.seconds == 0) { return nil }
    guard let (kind, rows, expected) = history.sparse.judge(window) else { return nil }
    return DriftFinding(
      subject: DriftSubject(entity: "", kind: kind, subject: "rows"), facet: .volume,
      detail:
        "\(rows) rows in the last windows together; by those before about \(expected) were to be expected")
  }
}
