extension CertificateRecord {
  /// The fields of which two records of one certificate say different things: `basic.validTo`, `specific.buildingArea`, `holder.code`, in the schema's
  /// order; `holders` when they do not name the same people.
  ///
  /// Spellings of the same thing are no difference, and neither is what only one of the records has. Management is left out: it says where
  /// and when, not what.
  public func disagreements(with other: CertificateRecord) -> [String] {
    guard kind == other.kind else { return ["kind"] }
    var paths = Self.different(basic, other.basic)
    paths += differentHolders(other)
    paths += Self.different(specific, other.specific)
    return paths
  }

  /// What the record says of a path that ``disagreements(with:)`` gives, as one text; nil when it says nothing.
  public func text(ofDisagreement path: String) -> String? {
    switch path {
    case "kind": return kind.rawValue
    case "holders":
      let people = holders.map { holder in
        [holder.text(.holderName), holder.text(.holderCode)].compactMap { $0 }.joined(separator: " ")
      }
      return people.isEmpty ? nil : people.joined(separator: "；")
    default:
      guard let field = FieldSchema.field(path: path, kind: kind) else { return nil }
      guard field.group == .holder else { return self[field]?.displayText }
      let texts = holders.compactMap { $0[field]?.displayText }
      return texts.isEmpty ? nil : texts.joined(separator: "；")
    }
  }

  private static func different(_ left: FieldValues, _ right: FieldValues) -> [String] {
    guard left != right else { return [] }
    return left.entries.compactMap { entry in
      guard let theirs = right[entry.field], theirs != entry.value,
        !isSame(entry.field, entry.value, theirs)
      else { return nil }
      return entry.field.path
    }
  }

  private func differentHolders(_ other: CertificateRecord) -> [String] {
    guard holders != other.holders, !holders.isEmpty, !other.holders.isEmpty else { return [] }
    var left = other.holders
    var fields: Set<String> = []
    var isSomebodyElse = holders.count != other.holders.count
    for holder in holders {
      let match =
        left.firstIndex { Self.isSame(.holderCode, holder, $0) }
        ?? left.firstIndex { Self.isSame(.holderName, holder, $0) }
      guard let match else {
        isSomebodyElse = true
        continue
      }
      fields.formUnion(Self.different(holder, left.remove(at: match)))
    }
    let paths = FieldSchema.all.map(\.path).filter(fields.contains)
    return isSomebodyElse ? ["holders"] + paths : paths
  }

  private static func isSame(_ field: Field, _ left: FieldValues, _ right: FieldValues) -> Bool {
    guard let mine = left[field], let theirs = right[field] else { return false }
    return mine == theirs || isSame(field, mine, theirs)
  }

  private static func isSame(_ field: Field, _ left: FieldValue, _ right: FieldValue) -> Bool {
    switch (left, right) {
    case (.text(let mine), .text(let theirs)): normal(field, mine) == normal(field, theirs)
    case (.texts(let mine), .texts(let theirs)): mine.map(Identifier.tidied) == theirs.map(Identifier.tidied)
    default: left == right
    }
  }

  /// Equal for all spellings of the same thing.
  private static func normal(_ field: Field, _ text: String) -> String {
    if case .identifier(let kind) = field.type { return Identifier.lookupText(kind, text) }
    switch field {
    case .number: return LookupDomain.number.normal(text)
    case .holderCode: return LookupDomain.holderCode.normal(text)
    default: return Identifier.tidied(text)
    }
  }
}
