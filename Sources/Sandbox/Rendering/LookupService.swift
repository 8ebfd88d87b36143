import Synchronization

/// A service that is asked for the rows of one holder or one number, not for a page of all.
final class LookupService: Sendable {
  /// As callers name it.
  let name: String
  let dataSet: DataSet
  /// What the request names the text by.
  let parameter: String
  private let keys: @Sendable (Int) -> [String]
  private let rows = Mutex<[String: [Int]]?>(nil)

  /// - Parameter keys: by which texts a row is found.
  init(
    _ name: String, _ dataSet: DataSet, by parameter: String, keys: @escaping @Sendable (Int) -> [String]
  ) {
    self.name = name
    self.dataSet = dataSet
    self.parameter = parameter
    self.keys = keys
  }

  /// The rows there are at `now` (seconds of Unix time), rendered, and how many they are.
  func find(_ text: String, now: Int, _ distortion: PageDistortion) -> Pager.Page {
    let timeline = dataSet.timeline
    let found = indexes(of: text).filter { timeline.created($0) <= now }
    if distortion.isEmptied { return Pager.Page(bytes: [], rows: 0, total: found.count) }
    let rows = found.enumerated().map { place, index in
      let version = timeline.version(of: index, now: now)
      return Row(
        index: index, version: version, updated: timeline.updated(index, version: version),
        poison: place == 0 ? distortion.poison : nil)
    }
    return Pager.Page(bytes: dataSet.render(rows), rows: rows.count, total: rows.count)
  }

  /// Made at the first question: the population is computed, not stored.
  private func indexes(of text: String) -> [Int] {
    rows.withLock { rows in
      if rows == nil {
        var made: [String: [Int]] = [:]
        for index in 0..<dataSet.timeline.count {
          for key in Set(keys(index)) { made[key, default: []].append(index) }
        }
        rows = made
      }
      return rows?[text] ?? []
    }
  }
}

extension PublicDataRows {
  /// 按统一社会信用代码、公民身份号码、权利人证件号、不动产单元号.
  static func lookups(_ population: Population) -> [LookupService] {
    let deeds = propertyDeed(population)
    return [
      LookupService("businessLicenceQuery", businessLicence(population), by: "uniscid") {
        [population.company($0).creditCode]
      },
      LookupService("identityCardQuery", identityCard(population), by: "gmsfhm") {
        [population.person($0).citizenNumber]
      },
      LookupService("propertyDeedQuery", deeds, by: "zjh") { index in
        // A row may have another holder after its change.
        [1, 2].flatMap { version in
          population.house(index, version: version).holders.map { holder in
            PageBuffer.text { population.writeHolderNumber(holder, to: &$0) }
          }
        }
      },
      LookupService("propertyUnitQuery", deeds, by: "bdcdyh") { [population.house($0).unitNumber] },
    ]
  }
}

extension NationalRows {
  /// 按统一社会信用代码.
  static func lookups(_ population: Population) -> [LookupService] {
    [
      LookupService("contractorLicenceQuery", contractorLicences(population), by: "tyshxydm") {
        [population.company(population.contractorLicence($0).company).creditCode]
      },
      LookupService("designLicenceQuery", designLicences(population), by: "tyshxydm") {
        [population.company(population.designLicence($0).company).creditCode]
      },
    ]
  }
}
