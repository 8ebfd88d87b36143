extension ApplicationRecord {
  /// What it asks for, in a word: the permit item, or that it is an objection.
  public var item: String { values["itemCode"]?.text ?? kind.rawValue }

  /// What makes it the same application as another, however its content differs. It may name somebody: only a digest of it is kept.
  public var businessKey: [String] {
    let fields =
      switch kind {
      case .permitApplication: ["applicationNumber", "itemCode"]
      case .dataObjection: ["platform", "certificateKind", "certificateNumber", "field"]
      }
    return [kind.rawValue] + fields.map { values.value(at: $0)?.text ?? "" }
  }

  /// What is handed in one after another: everything about one application, whatever is asked for. It may name somebody: only a digest of it is kept.
  public var orderKey: [String] {
    switch kind {
    case .permitApplication: [kind.rawValue, values.value(at: "applicationNumber")?.text ?? ""]
    case .dataObjection: businessKey
    }
  }

  /// The files that go with it, as its list names them.
  public var attachments: [(name: String, mediaType: String, sm3: String?)] {
    guard case .list(let entries)? = values["attachments"] else { return [] }
    return entries.map { entry in
      (entry["name"]?.text ?? "", entry["mediaType"]?.text ?? "", entry["sm3"]?.text)
    }
  }
}
