/// What a platform is asked for on demand, and for whom it is asked.
public struct Enquiry: Hashable, Sendable {
  /// By what papers are found. The raw value is the name in manifests, behind `asked.`.
  public enum Key: String, CaseIterable, Hashable, Sendable {
    /// Citizen number, social credit code or another code of a holder.
    case holderCode
    case holderName
    /// The number printed on the certificate.
    case number
    /// 不动产单元号.
    case unitNumber
    /// 投资项目代码.
    case projectCode

    var name: String { "asked." + rawValue }
  }

  public let keys: [Key: String]
  /// What it is asked for: the name of a purpose of the site.
  public let purpose: String
  /// Who asks, as the consumer names the person or job.
  public let `operator`: String
  /// 事项编码; nil where the asking belongs to none.
  public let item: String?

  public init(keys: [Key: String], purpose: String, operator: String, item: String? = nil) {
    self.keys = keys
    self.purpose = purpose
    self.operator = `operator`
    self.item = item
  }

  /// The values that a request may use.
  func values(for operation: QueryOperation) -> [(name: String, text: String)] {
    keys.map { ($0.key.name, $0.value) } + [("asked.purpose", purpose), ("asked.operator", self.operator)]
      + [item ?? operation.item].compactMap { $0.map { ("asked.item", $0) } }
  }

  static let names = Key.allCases.map(\.name) + ["asked.purpose", "asked.operator", "asked.item"]

  /// Reduced to what a request says of it: two that come to the same are one question.
  public func seen(by operation: QueryOperation) -> Enquiry {
    let used = operation.request.references
    func shown(_ name: String, _ text: String) -> String { used.contains(name) ? text : "" }
    return Enquiry(
      keys: keys.filter { used.contains($0.key.name) }, purpose: shown("asked.purpose", purpose),
      operator: shown("asked.operator", self.operator),
      item: used.contains("asked.item") ? item ?? operation.item : nil)
  }
}
