import Certificates

/// Whether a certificate is somebody's.
public enum SupplyMatch: Hashable, Sendable {
  case same(Basis)
  /// It may be; a person has to look.
  case unsure(Doubt)
  case different

  /// Whether it is of a person who stands for the organisation.
  var isRepresentatives: Bool {
    switch self {
    case .same(.representative), .unsure(.representative): true
    default: false
    }
  }

  public enum Basis: String, CaseIterable, Hashable, Sendable {
    case code
    /// An organisation's name, of which there is one in a region.
    case name
    case formerName = "former-name"
    /// A person's name together with the number of the deed or the unit.
    case nameAndNumber = "name-and-number"
    case nameAndAddress = "name-and-address"
    /// What belongs to the owner of a one-man business.
    case representative

    public var title: String {
      switch self {
      case .code: "证件号码一致"
      case .name: "名称一致"
      case .formerName: "曾用名一致"
      case .nameAndNumber: "姓名和证号或单元号一致"
      case .nameAndAddress: "姓名和地址一致"
      case .representative: "经营者本人持有"
      }
    }
  }

  public enum Doubt: String, CaseIterable, Hashable, Sendable {
    /// Only the name of a person agrees.
    case nameOnly = "name-only"
    /// The platform hides who holds it.
    case hidden
    case address
    /// It is of the legal representative, not of the organisation.
    case representative
    /// Neither its number nor its place says that it is this project.
    case project
    /// Whether it holds cannot be told.
    case standing
    /// There is a later one for the same unit.
    case laterOne = "later-one"
    /// Whether they may design or build for this voltage cannot be told.
    case level
    /// It does not count, and what was handed in may be a scan of it or stand in for it.
    case handedIn = "handed-in"

    public var title: String {
      switch self {
      case .nameOnly: "仅姓名一致"
      case .hidden: "持有人信息被遮蔽"
      case .address: "地址无法确认"
      case .representative: "由法定代表人持有"
      case .project: "无法确认是本项目"
      case .standing: "有效性无法判断"
      case .laterOne: "同一单元另有较新登记"
      case .level: "资质等级与电压无法比较"
      case .handedIn: "它不予采用,提交的资料可能就是它或用以代替它"
      }
    }

    public var englishTitle: String {
      switch self {
      case .nameOnly: "only the name agrees"
      case .hidden: "the platform hides who holds it"
      case .address: "the address cannot be confirmed"
      case .representative: "it is the legal representative's"
      case .project: "it cannot be told whether it is this project"
      case .standing: "whether it holds cannot be told"
      case .laterOne: "there is a later one for the same unit"
      case .level: "its level cannot be compared with the voltage"
      case .handedIn: "it does not count, and what was handed in may be a scan of it or stand in for it"
      }
    }
  }
}

/// Compares the holders of a certificate with somebody.
struct HolderMatch {
  enum Sameness: Hashable {
    case same
    case different
    case unknown
  }

  private struct Holder {
    let name: String?
    var code: String?
    /// By its own code or the word of the platform.
    let isPerson: Bool
  }

  let party: SupplyParty

  /// The best that any of the holders gives: one of several owners is an owner.
  func match(_ record: CertificateRecord) -> SupplyMatch {
    let holders = Self.holders(record)
    let found = holders.map(compare)
    if let same = found.first(where: { if case .same = $0 { true } else { false } }) { return same }
    if let representative = representative(holders) { return representative }
    return found.first { $0 != .different } ?? .different
  }

  /// Those whom the certificate gives the right; not those whom it binds or who act for them.
  private static func holders(_ record: CertificateRecord) -> [Holder] {
    var holders: [Holder] = []
    for holder in record.holders {
      let role = holder.text(.holderRole).flatMap(HolderRole.init(rawValue:))
      guard role != .obligor, role != .legalRepresentative else { continue }
      holders.append(
        Holder(
          name: holder.text(.holderName), code: holder.text(.holderCode), isPerson: holder.isPersons))
    }
    // The number of these is the code of their only holder.
    if record.kind == .identityCard || record.kind == .businessLicence, let number = record.number {
      if holders.isEmpty {
        holders.append(Holder(name: nil, code: nil, isPerson: record.kind == .identityCard))
      }
      if holders[0].code == nil { holders[0].code = number }
    }
    return holders
  }

  private func compare(_ holder: Holder) -> SupplyMatch {
    switch Self.codes(party.code, holder.code) {
    case .same: return .same(.code)
    case .different: return .different
    case .unknown: break
    }
    // Nobody is a person and an organisation, whatever they are called.
    guard party.isPerson || !holder.isPerson else { return .different }
    let name = holder.name
    switch Self.names(party.name, name) {
    case .same: return party.isPerson ? .unsure(.nameOnly) : .same(.name)
    case .unknown: return name.map(Self.isMasked) == true ? .unsure(.hidden) : .different
    case .different: break
    }
    guard party.formerNames.contains(where: { Self.names($0, name) == .same }) else { return .different }
    return party.isPerson ? .unsure(.nameOnly) : .same(.formerName)
  }

  /// What is of the owner of a one-man business is the business's; what is of a company's representative is not.
  private func representative(_ holders: [Holder]) -> SupplyMatch? {
    guard !party.isPerson, let one = party.representative else { return nil }
    let isHolder = holders.contains { holder in
      switch Self.codes(one.code, holder.code) {
      case .same: true
      case .different: false
      case .unknown: Self.names(one.name, holder.name) == .same
      }
    }
    guard isHolder else { return nil }
    let isProven = holders.contains { Self.codes(one.code, $0.code) == .same }
    return party.isOneMan && isProven ? .same(.representative) : .unsure(.representative)
  }

  /// Equal for all spellings. Codes of other lengths are other kinds of codes (a passport, a registration number of
  /// before 2015), from which nothing follows; neither does anything from masked ones. Fifteen digits are a citizen number where
  /// they are compared with one.
  static func codes(_ left: String?, _ right: String?) -> Sameness {
    guard let left, let right, !isMasked(left), !isMasked(right) else { return .unknown }
    let (one, other) = (LookupDomain.holderCode.normal(left), LookupDomain.holderCode.normal(right))
    guard !one.isEmpty, !other.isEmpty else { return .unknown }
    if one == other { return .same }
    // 组织机构代码: the ninth to the seventeenth place of the social credit code.
    let (short, long) = one.utf8.count < other.utf8.count ? (one, other) : (other, one)
    if long.utf8.count == 18, short.filter({ $0 != "-" }).utf8.count == 9,
      long.utf8.dropFirst(8).prefix(9).elementsEqual(short.filter { $0 != "-" }.utf8)
    {
      return .same
    }
    guard one.utf8.count == other.utf8.count else { return .unknown }
    let isOld = Identifier.isOldNumber(left) || Identifier.isOldNumber(right)
    return isOld && ![one, other].allSatisfy(Identifier.holdsCitizenNumber) ? .unknown : .different
  }

  static func names(_ left: String?, _ right: String?) -> Sameness {
    guard let left, let right, !isMasked(left), !isMasked(right) else { return .unknown }
    let (one, other) = (LookupDomain.holderName.normal(left), LookupDomain.holderName.normal(right))
    guard !one.isEmpty, !other.isEmpty else { return .unknown }
    return one == other ? .same : .different
  }

  private static func isMasked(_ text: String) -> Bool { text.contains("*") || text.contains("＊") }
}
