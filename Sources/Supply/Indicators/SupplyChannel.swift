/// 办电渠道: how the customer applied. What nobody says is unknown, never guessed.
public enum SupplyChannel: String, CaseIterable, Hashable, Sendable {
  /// 网上国网, 政务 APP and the like.
  case online
  /// 营业厅.
  case counter
  /// 95598.
  case telephone
}
