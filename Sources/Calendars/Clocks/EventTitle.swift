/// What people read for the names of events that policies use. A name that is not here stands for itself.
public enum EventTitle {
  public static func chinese(_ name: String) -> String { titles[name]?.chinese ?? name }

  public static func english(_ name: String) -> String { titles[name]?.english ?? name }

  private static let titles: [String: (chinese: String, english: String)] = [
    "ready": ("可以申请", "ready to be handed in"),
    "requested": ("提出需求", "requested"),
    "submitted": ("提交申请", "submitted"),
    "received": ("接件", "received"),
    "accepted": ("受理", "accepted"),
    "refused": ("不予受理", "refused"),
    "supplement-requested": ("补正开始", "supplement asked for"),
    "supplement-received": ("补正结束", "supplement received"),
    "special-procedure-started": ("特别程序开始", "special procedure started"),
    "special-procedure-ended": ("特别程序结束", "special procedure ended"),
    "survey-started": ("踏勘开始", "survey started"),
    "survey-ended": ("踏勘结束", "survey ended"),
    "public-notice-started": ("公示开始", "public notice started"),
    "public-notice-ended": ("公示结束", "public notice ended"),
    "standstill-started": ("各事项均停止计时", "nothing is being worked on"),
    "standstill-ended": ("恢复计时", "worked on again"),
    "all-decided": ("全部办结", "all decided"),
    "approved": ("办结（通过）", "approved"),
    "approved-deferred": ("办结（容缺通过）", "approved with deferral"),
    "rejected": ("办结（不通过）", "rejected"),
    "filed": ("备案", "filed"),
    "withdrawn": ("撤回", "withdrawn"),
    "revoked": ("撤销", "revoked"),
    "dispatched": ("派单", "dispatched"),
    "contacted": ("联系客户", "customer contacted"),
    "confirmed": ("确认", "confirmed"),
    "plan-answered": ("答复供电方案", "supply plan answered"),
    "connected": ("送电", "connected"),
    "archived": ("归档", "archived"),
  ]
}
