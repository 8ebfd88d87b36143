/// The people and companies that scenarios rely on, placed at small indexes of the population. Everything not said
/// here (numbers, addresses, dates) is computed like everybody else's.
///
/// All of them are invented.
public enum Personas {
  /// Somebody with a hand-made name.
  public struct Person: Sendable {
    public let index: Int
    public let name: String
    /// What the scenario knows this person as.
    public let role: String
  }

  /// A company with a hand-made name.
  public struct Company: Sendable {
    public let index: Int
    public let name: String
    public let role: String
    public let state: CompanyState
    public let representative: Int
  }

  /// A house whose holders and state are hand-made.
  public struct House: Sendable {
    public let index: Int
    public let role: String
    public let holders: [Holder]
    public let ownership: Ownership
    public let seized: Bool
    /// One of its region's; nil: drawn.
    public let district: String?

    init(
      index: Int, role: String, holders: [Holder], ownership: Ownership = .sole, seized: Bool = false,
      district: String? = nil
    ) {
      self.index = index
      self.role = role
      self.holders = holders
      self.ownership = ownership
      self.seized = seized
      self.district = district
    }
  }

  /// A deed from before the unified registration, whose number stays valid.
  public struct OldDeed: Sendable {
    public let house: Int
    public let number: String
  }

  /// A project with a hand-made name.
  public struct Project: Sendable {
    public let index: Int
    public let name: String
    public let sponsor: Int
  }

  public static let resident = Person(index: 0, name: "林知夏", role: "resident with one deed, 杭州")
  public static let coOwners = [
    Person(index: 2, name: "周远山", role: "first of two joint owners, 杭州"),
    Person(index: 4, name: "沈清禾", role: "second of two joint owners, 杭州"),
  ]
  public static let seizedOwner = Person(index: 6, name: "陆明川", role: "owner of a seized house, 杭州")
  public static let shopKeeper = Person(
    index: 8, name: "许若谷", role: "legal representative of the small company")
  public static let closedKeeper = Person(
    index: 10, name: "戚怀瑾", role: "legal representative of the closed company")
  public static let sponsorHead = Person(index: 12, name: "方星河", role: "legal representative of the sponsor")
  public static let contractorHead = Person(
    index: 14, name: "柳承言", role: "legal representative of the contractor")
  public static let designHead = Person(
    index: 16, name: "鲍远岚", role: "legal representative of the designer")
  public static let architectHead = Person(
    index: 18, name: "倪书墨", role: "legal representative of the architect")
  public static let oldDeedHolder = Person(index: 1, name: "顾长安", role: "holder of an old-style deed, 常州")
  public static let countyResident = Person(
    index: 3, name: "秦云溪", role: "resident with one deed, 新县; legal representative of the county's company")
  public static let expiredHolder = Person(
    index: 5, name: "彭听雨", role: "holder of an identity card that has run out, 重庆")
  public static let machineHead = Person(
    index: 7, name: "薛景行", role: "legal representative of the maker of instruments")
  public static let villager = Person(
    index: 11, name: "柏山青", role: "lives in a house without a deed, 信阳; legal representative of the haulier")
  public static let plantHead = Person(
    index: 13, name: "唐怀安", role: "legal representative of the plant")

  public static let smallCompany = Company(
    index: 0, name: "杭州拟小满餐饮有限公司", role: "small company with licence and deed", state: .open,
    representative: 8)
  public static let closedCompany = Company(
    index: 2, name: "杭州拟旧雨商贸有限公司", role: "company with cancelled licence", state: .cancelled,
    representative: 10)
  public static let sponsor = Company(
    index: 4, name: "杭州拟星河储能科技有限公司", role: "project sponsor", state: .open, representative: 12)
  public static let contractor = Company(
    index: 6, name: "浙江拟光明电力安装有限公司", role: "electric-installation contractor", state: .open,
    representative: 14)
  public static let designer = Company(
    index: 8, name: "浙江拟经纬电力设计有限公司", role: "designs lines and substations up to 220 kV", state: .open,
    representative: 16)
  public static let architect = Company(
    index: 10, name: "杭州拟规矩建筑设计有限公司", role: "designs houses, and the grid no more", state: .open,
    representative: 18)

  public static let countyCompany = Company(
    index: 3, name: "新县拟云雾茶业有限公司", role: "company with licence, deed and project, 新县", state: .open,
    representative: 3)
  public static let instrumentMaker = Company(
    index: 7, name: "常州拟运河精密仪器有限公司", role: "company with licence, deed and project, 常州", state: .open,
    representative: 7)
  public static let haulier = Company(
    index: 11, name: "信阳拟浉淮物流有限公司", role: "company with a licence and no deed, 信阳", state: .open,
    representative: 11)
  public static let plant = Company(
    index: 13, name: "重庆拟渝川机械制造有限公司", role: "company with licence, deed, project and planning permit, 重庆",
    state: .open, representative: 13)

  /// The real-estate register and the public-data platform state different areas for this house.
  public static let disputedHouse = House(
    index: 8, role: "house whose area two platforms disagree about", holders: [.person(0)])

  public static let people =
    [
      resident, seizedOwner, shopKeeper, closedKeeper, sponsorHead, contractorHead, designHead,
      architectHead, oldDeedHolder, countyResident, expiredHolder, machineHead, villager, plantHead,
    ] + coOwners
  public static let companies = [
    smallCompany, closedCompany, sponsor, contractor, countyCompany, instrumentMaker, haulier, plant,
    designer,
    architect,
  ]

  public static let houses = [
    House(index: 0, role: "home of the resident", holders: [.person(0)]),
    House(
      index: 2, role: "home of the joint owners", holders: [.person(2), .person(4)], ownership: .joint),
    House(index: 4, role: "premises of the small company", holders: [.company(0)]),
    House(index: 6, role: "seized house", holders: [.person(6)], seized: true),
    disputedHouse,
    House(index: 1, role: "house with an old-style deed", holders: [.person(1)]),
    House(index: 3, role: "premises of the county's company", holders: [.company(3)], district: "新县"),
    House(index: 7, role: "premises of the maker of instruments", holders: [.company(7)]),
    House(index: 11, role: "home of the county's resident", holders: [.person(3)], district: "新县"),
    House(index: 13, role: "premises of the plant", holders: [.company(13)]),
    House(index: 15, role: "home of the holder of an expired card", holders: [.person(5)]),
  ]
  public static let oldDeeds = [OldDeed(house: 1, number: "常房新字00050538")]
  public static let projects = [
    Project(index: 0, name: "拟星河储能电站一期建设项目", sponsor: 4),
    Project(index: 3, name: "拟云雾茶叶精深加工建设项目", sponsor: 3),
    Project(index: 7, name: "拟运河精密仪器厂房建设项目", sponsor: 7),
    Project(index: 13, name: "拟渝川机械制造二期建设项目", sponsor: 13),
  ]

  /// Indexes below this one may be hand-made; the fast paths ask only then.
  static let ceiling = 20
}
