extension [ClosedRange<Int64>] {
  /// A condition that leaves out what a column says within one of the ranges; begins with `AND`, and is empty without ranges.
  public func spared(in column: String) -> String {
    map { " AND NOT (\(column) >= \($0.lowerBound) AND \(column) <= \($0.upperBound))" }.joined()
  }
}
