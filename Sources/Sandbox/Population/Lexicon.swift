/// The words that invented names and addresses are put together from.
///
/// Company names begin with 拟 ("simulated") so that none can be taken for a real one; streets are invented.
final class Lexicon: Sendable {
  let surnames = WordList([
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "沈", "韩", "杨", "朱", "秦", "许", "何", "吕", "施", "张",
    "孔", "曹", "严", "华", "金", "魏", "陶", "姜", "戚", "谢", "邹", "喻", "柏", "章", "云", "苏", "潘", "葛", "范", "彭",
    "鲁", "韦", "马", "苗", "方", "俞", "任", "袁", "柳", "鲍", "史", "唐", "费", "薛", "雷", "贺", "倪", "汤", "欧阳", "上官",
  ])
  let givenFirst = WordList([
    "知", "远", "清", "明", "长", "若", "星", "子", "文", "思", "雨", "佳", "晓", "景", "云", "书", "嘉", "承", "以", "安",
    "怀", "静", "乐", "望", "亦", "允", "可", "语", "沐", "听", "言", "时", "𬍛", "昊", "泽", "梓", "依", "惠", "凌", "修",
  ])
  let givenSecond = WordList([
    "夏", "山", "禾", "川", "安", "谷", "河", "墨", "宁", "舟", "岚", "晴", "怡", "然", "轩", "琳", "峰", "洁", "涛", "华",
    "月", "辰", "微", "白", "青", "棠", "楠", "竹", "溪", "萱", "歌", "恒", "睿", "航", "菲", "燕", "强", "伟", "敏", "䶮",
  ])
  let brands = WordList([
    "小满", "旧雨", "星河", "光明", "青禾", "远帆", "鹿鸣", "云溪", "望潮", "采薇", "松涛", "晨曦", "南风", "北辰", "听泉", "揽月",
    "春山", "夏木", "秋实", "冬青", "百川", "千帆", "万象", "九章", "墨石", "白鹭", "金穗", "银杏", "玉兰", "紫荆", "苍穹", "碧波",
  ])
  let trades = WordList([
    "餐饮", "商贸", "储能科技", "电力安装", "电子科技", "食品", "纺织", "机械制造", "医疗器械", "软件开发", "物流", "建材", "环保科技",
    "精密仪器", "生物技术", "新材料", "汽车零部件", "园林工程", "物业管理", "文化传媒",
  ])
  let tradeScopes = WordList([
    "餐饮服务;食品销售", "日用百货销售;国内贸易代理", "储能技术服务;电池制造", "电力设施承装、承修、承试;电气安装服务",
    "电子产品销售;技术开发、技术转让", "食品生产;食品销售", "纺织品制造;服装销售", "通用设备制造;机械设备租赁", "第二类医疗器械销售",
    "软件开发;信息系统集成服务", "道路货物运输;仓储服务", "建筑材料销售;砼结构构件制造", "环境保护专用设备制造;污水处理",
    "仪器仪表制造;仪器仪表销售", "生物基材料技术研发", "新型膜材料制造;合成材料销售", "汽车零部件研发;汽车零部件制造", "园林绿化工程施工;城市绿化管理",
    "物业管理;停车场服务", "组织文化艺术交流活动;广告设计、代理",
  ])
  /// One for each trade: GB/T 4754 code and name.
  let industryCodes = WordList([
    "6210", "5181", "3841", "4910", "6510", "1432", "1751", "3411", "3589", "6513", "5431", "3021", "3591",
    "4011", "7340", "2659",
    "3670", "4892", "7020", "8710",
  ])
  let industries = WordList([
    "正餐服务", "贸易代理", "锂离子电池制造", "电气安装", "基础软件开发", "方便食品制造", "针织织造", "工业机械制造", "医疗设备制造", "应用软件开发",
    "普通货物道路运输", "水泥制品制造", "环境污染防治设备制造", "工业自动控制系统制造", "生物技术研究", "合成材料制造", "汽车零部件制造", "园林绿化工程",
    "物业管理", "文化活动服务",
  ])
  let provinces = WordList(Region.allCases.map(\.province))
  let cities = WordList(Region.allCases.map(\.city))
  let provinceSigns = WordList(Region.allCases.map(\.provinceSign))
  /// Eight for each region, in the order of ``Region``.
  let districts = WordList(Region.allCases.flatMap(\.districts))
  let streets = WordList([
    "青桐路", "望潮街", "云栖大道", "采薇路", "鹿鸣巷", "听雨路", "松涛街", "新禾路", "晨光大道", "南塘路", "北渚街", "东篱路", "西畴路", "长亭街",
    "石桥路", "竹海路", "银沙路", "金穗街", "白鹭洲路", "揽月路", "春晖路", "夏荷街", "秋水路", "冬至巷",
  ])
  let estates = WordList([
    "青禾苑", "望潮府", "云溪花园", "采薇里", "鹿鸣新村", "听泉山庄", "松涛公寓", "春山小区", "百川花苑", "星河湾", "白鹭家园", "银杏坊", "晨曦苑",
    "南风里", "紫荆城", "碧波园",
  ])
  let nations = WordList(["汉", "汉", "汉", "汉", "汉", "汉", "汉", "回", "畲", "土家", "满", "苗"])
  let personaNames = WordList(Personas.people.map(\.name))
  let personaCompanyNames = WordList(Personas.companies.map(\.name))
  let personaDeeds = WordList(Personas.oldDeeds.map(\.number))
  let personaProjects = WordList(Personas.projects.map(\.name))

  let approvalItems = WordList(SyntheticApproval.items)
  let approvalDepartments = WordList(SyntheticApproval.departments)
  let approvalStates = WordList(SyntheticApproval.states)
  let licenceClasses = WordList(["承装", "承修", "承试"])
  let designTrades = WordList(SyntheticDesignLicence.trades)
  let designGrades = WordList(SyntheticDesignLicence.grades)
  let gradeNumerals = WordList(["一", "二", "三", "四", "五"])

  /// Constant texts used inside names and rows.
  enum Phrase: Int, CaseIterable {
    case simulated, limitedCompany, limitedLong, soleTrader, householdOfTrade
    case number, building, unit, room, year, month, day, longTerm
    case deed, proofOfRight, ordinal, publicSecurity, marketAuthority, realEstateCentre
    case project, dwelling, commercial, granted, allocated, none, yuan
    case mortgage, advanceNotice, regulator, constructionAuthority, grade, comma, clerk, registrar, content,
      squareMetres

    var text: String {
      switch self {
      case .simulated: "拟"
      case .limitedCompany: "有限公司"
      case .limitedLong: "有限责任公司(自然人投资或控股)"
      case .soleTrader: "个体工商户"
      case .householdOfTrade: "经营部"
      case .number: "号"
      case .building: "幢"
      case .unit: "单元"
      case .room: "室"
      case .year: "年"
      case .month: "月"
      case .day: "日"
      case .longTerm: "长期"
      case .deed: "不动产权第"
      case .proofOfRight: "不动产证明第"
      case .ordinal: "号"
      case .publicSecurity: "公安局"
      case .marketAuthority: "市场监督管理局"
      case .realEstateCentre: "不动产登记中心"
      case .project: "建设项目"
      case .dwelling: "住宅"
      case .commercial: "商业服务"
      case .granted: "出让"
      case .allocated: "划拨"
      case .none: "无"
      case .yuan: "人民币"
      case .mortgage: "抵押权"
      case .advanceNotice: "预告登记"
      case .grade: "级"
      case .comma: "、"
      case .clerk: "模拟受理员"
      case .registrar: "模拟登簿员"
      case .content: "新建厂房及配套设施,总建筑面积"
      case .squareMetres: "平方米"
      case .regulator: "国家能源局监管办公室(模拟)"
      case .constructionAuthority: "住房和城乡建设厅(模拟)"
      }
    }
  }
  let phrases = WordList(Phrase.allCases.map(\.text))
}

extension PageBuffer {
  mutating func phrase(_ phrase: Lexicon.Phrase, _ lexicon: Lexicon) {
    word(lexicon.phrases, phrase.rawValue)
  }
}
