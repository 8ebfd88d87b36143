import Documents

extension MappingCompiler {
  /// `contract`: one word a facet.
  func contract(_ value: ConfigurationValue) -> Contract {
    var contract = Contract()
    guard let reader = value.reader() else { return contract }
    for facet in Contract.Facet.allCases {
      guard let given = reader.value(ifPresent: facet.rawValue) else { continue }
      guard let text = given.choice(among: facet.words.map(\.rawValue)),
        let word = Contract.Word(rawValue: text)
      else { continue }
      contract[facet] = word
    }
    return contract
  }
}
