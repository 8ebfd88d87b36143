/// What the utility does for the customer behind a case, as its own systems or people report it: no window tells it. The names
/// are those that the rules of a policy's `process` use.
public enum ProcessEvent: String, CaseIterable, Hashable, Sendable {
  /// 提出需求: the customer asked for electricity.
  case requested
  /// 派单
  case dispatched
  /// 联系客户
  case contacted
  /// 确认
  case confirmed
  /// 受理, of the application for electricity.
  case accepted
  /// 答复供电方案
  case planAnswered = "plan-answered"
  /// The customer or an authority is at work, and the utility waits.
  case othersStarted = "others-started"
  /// It is the utility's turn again.
  case othersEnded = "others-ended"
  /// 送电
  case connected
  /// 归档
  case archived
}
