/// What people read for the names of events that policies use. A name that is not here stands for itself.
public enum EventTitle {
  public static func chinese(_ name: String) -> String { titles[name]?.chinese ?? name }

  public static func english(_ name: String) -> String { titles[name]?.english ?? name }

  /// The name that these bytes spell, where it is one of those here: thousands of events share them. `nil` for another.
  public static func name(_ bytes: Span<UInt8>) -> String? {
    guard bytes.count < byLength.count else { return nil }
    return byLength[bytes.count].first { name in
      let own = name.utf8.span
      for place in own.indices where own[place] != bytes[place] { return false }
      return true
    }
  }

  /// By how many bytes they have.
  private static let byLength: [[String]] = {
    let longest = titles.keys.map(\.utf8.count).max() ?? 0
    return (0...longest).map { length in titles.keys.filter { $0.utf8.count == length }.sorted() }
  }()

  private static let titles: [String: (chinese: String, english: String)] = [
    "ready": ("可以申请", "ready to be handed in"),
    "requested": ("提出需求", "requested"),
    "submitted": ("提交申请", "submitted"),
    "received": ("接件", "received"),
    "accepted": ("受理", "accepted"),
    "deemed-accepted": ("视为受理", "deemed accepted"),
    "handling": ("部门开始办理", "being worked on"),
    "not-accepted": ("不受理", "not accepted"),
    "refused": ("不予受理", "refused"),
    "supplement-requested": ("补正开始", "supplement asked for"),
    "supplement-received": ("补正结束", "supplement received"),
    "special-procedure-started": ("特别程序开始", "special procedure started"),
    "special-procedure-ended": ("特别程序结束", "special procedure ended"),
    "survey-started": ("踏勘开始", "survey started"),
    "survey-ended": ("踏勘结束", "survey ended"),
    "public-notice-started": ("公示开始", "public notice started"),
    "public-notice-ended": ("公示结束", "public notice ended"),
    "others-started": ("转由客户或政府部门办理", "others are at work"),
    "others-ended": ("回到供电企业办理", "back at the utility"),
    "standstill-started": ("各事项均停止计时", "nothing is being worked on"),
    "standstill-ended": ("恢复计时", "worked on again"),
    "standstill-over": ("恢复计时", "worked on again"),
    "all-decided": ("全部办结", "all decided"),
    "approved": ("办结（通过）", "approved"),
    "approved-deferred": ("办结（容缺通过）", "approved with deferral"),
    "rejected": ("办结（不通过）", "rejected"),
    "filed": ("备案", "filed"),
    "withdrawn": ("撤件", "withdrawn"),
    "recalled": ("撤回", "recalled"),
    "revoked": ("撤销", "revoked"),
    "dispatched": ("派单", "dispatched"),
    "contacted": ("联系客户", "customer contacted"),
    "confirmed": ("确认", "confirmed"),
    "plan-answered": ("答复供电方案", "supply plan answered"),
    "connected": ("送电", "connected"),
    "archived": ("归档", "archived"),
  ]
}
