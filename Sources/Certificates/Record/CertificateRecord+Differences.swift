extension CertificateRecord {
  /// The paths of all fields in which the two records differ, in the schema's order: `basic.validTo`,
  /// `holders[1].phone`. A record of another kind differs in `kind` and nothing else is compared.
  ///
  /// Holders are matched by code, else by name, so another order is no difference. A holder that only one record has
  /// is one path (`holders[2]`), numbered as in the record that has it.
  ///
  /// - Parameter includingManagement: management says where and when, not what; for the question whether a new version
  ///   has to be kept leave it out.
  public func differences(to other: CertificateRecord, includingManagement: Bool = false) -> [String] {
    guard kind == other.kind else { return ["kind"] }
    var paths: [String] = []
    Self.compare(basic, other.basic, "basic", &paths)
    if holders != other.holders { compareHolders(other, &paths) }
    Self.compare(specific, other.specific, "specific", &paths)
    if includingManagement { Self.compare(management, other.management, "management", &paths) }
    return paths
  }

  private static func compare(
    _ left: FieldValues, _ right: FieldValues, _ path: String, _ paths: inout [String]
  ) {
    guard left != right else { return }
    var (first, second) = (left.entries[...], right.entries[...])
    while true {
      switch (first.first, second.first) {
      case (nil, nil): return
      case (let mine?, let theirs?) where mine.field == theirs.field:
        if mine.value != theirs.value { paths.append("\(path).\(mine.field.name)") }
        first = first.dropFirst()
        second = second.dropFirst()
      case (let mine?, let theirs) where theirs.map({ mine.field < $0.field }) ?? true:
        paths.append("\(path).\(mine.field.name)")
        first = first.dropFirst()
      case (_, let theirs):
        if let theirs { paths.append("\(path).\(theirs.field.name)") }
        second = second.dropFirst()
      }
    }
  }

  private func compareHolders(_ other: CertificateRecord, _ paths: inout [String]) {
    var unmatched = Array(other.holders.indices)
    var missing: [Int] = []
    for (place, holder) in holders.enumerated() {
      guard
        let match = unmatched.first(where: {
          Self.isSame(holder, other.holders[$0], by: .holderCode, .holderCode)
        })
          ?? unmatched.first(where: { Self.isSame(holder, other.holders[$0], by: .holderName, .holderName) })
      else {
        missing.append(place)
        continue
      }
      unmatched.removeAll { $0 == match }
      Self.compare(holder, other.holders[match], "holders[\(place)]", &paths)
    }
    paths += Set(missing + unmatched).sorted().map { "holders[\($0)]" }
  }

  private static func isSame(
    _ left: FieldValues, _ right: FieldValues, by field: Field, _ domain: LookupDomain
  ) -> Bool {
    guard let mine = left.text(field), let theirs = right.text(field) else { return false }
    return mine == theirs || domain.normal(mine) == domain.normal(theirs)
  }
}
