/// How somebody agreed. The raw value is stored and never changed.
public enum AuthorisationMeans: String, CaseIterable, Hashable, Sendable {
  /// 刷脸.
  case face
  /// 扫码.
  case code = "qr"
  /// 柜台.
  case counter
  /// 书面.
  case paper

  public var title: String {
    switch self {
    case .face: "人脸识别"
    case .code: "扫码授权"
    case .counter: "柜台授权"
    case .paper: "书面授权"
    }
  }
}
