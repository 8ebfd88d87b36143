/// The four places the invented people live in.
///
/// Even indexes are in 杭州, odd ones in the other three in turn: who lives where is known without a search.
public enum Region: Int, CaseIterable, Sendable {
  case hangzhou, changzhou, xinyang, chongqing

  static func of(index: Int) -> Region {
    if index & 1 == 0 { return .hangzhou }
    switch index >> 1 & 3 {
    case 0, 3: return .changzhou
    case 1: return .xinyang
    default: return .chongqing
    }
  }

  /// GB/T 2260 code of the city.
  public var areaCode: String {
    switch self {
    case .hangzhou: "330100"
    case .changzhou: "320400"
    case .xinyang: "411500"
    case .chongqing: "500100"
    }
  }

  /// A county code that GB/T 2260 has never assigned: it stands in every citizen number, credit code and real-estate
  /// unit number made here, so that none can belong to anybody.
  public var inventedAreaCode: String {
    switch self {
    case .hangzhou: "330199"
    case .changzhou: "320499"
    case .xinyang: "411599"
    case .chongqing: "500199"
    }
  }

  var inventedAreaNumber: Int {
    switch self {
    case .hangzhou: 330_199
    case .changzhou: 320_499
    case .xinyang: 411_599
    case .chongqing: 500_199
    }
  }

  /// `杭州市`
  public var city: String {
    switch self {
    case .hangzhou: "杭州市"
    case .changzhou: "常州市"
    case .xinyang: "信阳市"
    case .chongqing: "重庆市"
    }
  }

  /// The one character that deed numbers begin with: `浙`.
  public var provinceSign: String {
    switch self {
    case .hangzhou: "浙"
    case .changzhou: "苏"
    case .xinyang: "豫"
    case .chongqing: "渝"
    }
  }

  var province: String {
    switch self {
    case .hangzhou: "浙江省"
    case .changzhou: "江苏省"
    case .xinyang: "河南省"
    case .chongqing: ""
    }
  }

  var districts: [String] {
    switch self {
    case .hangzhou: ["上城区", "拱墅区", "西湖区", "滨江区", "萧山区", "余杭区", "临平区", "富阳区"]
    case .changzhou: ["天宁区", "钟楼区", "新北区", "武进区", "金坛区", "溧阳市", "经开区", "高新区"]
    case .xinyang: ["浉河区", "平桥区", "罗山县", "光山县", "新县", "商城县", "固始县", "潢川县"]
    case .chongqing: ["渝中区", "江北区", "沙坪坝区", "九龙坡区", "南岸区", "北碚区", "渝北区", "巴南区"]
    }
  }
}
