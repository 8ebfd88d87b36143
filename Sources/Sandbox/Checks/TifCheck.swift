import CivilTime
import Crypto
import HTTPService

/// What a gateway with x-tif headers looks at before it lets a call through: caller, clock, signature, nonce.
struct TifCheck {
  enum Problem {
    case missingHeader, malformedHeader, unknownCaller, clockSkew, wrongSignature, replayedNonce

    var message: String {
      switch self {
      case .missingHeader: "缺少 x-tif 请求头"
      case .malformedHeader: "x-tif-timestamp 或 x-tif-nonce 格式错误"
      case .unknownCaller: "paasid 不存在"
      case .clockSkew: "时间戳超出允许范围"
      case .wrongSignature: "签名校验失败"
      case .replayedNonce: "nonce 重复"
      }
    }
  }

  let paasid: String
  let token: String
  private let clockSkew: Int
  private let nonces: ReplayGuard

  init(_ mint: SecretMint, limits: PlatformLimits) {
    paasid = "zd-" + mint.fixed("paasid").prefix(8)
    token = mint.fixed("token")
    clockSkew = limits.clockSkew
    nonces = ReplayGuard(seconds: 2 * limits.clockSkew)
  }

  /// Nil when the caller is who he says.
  func problem(_ headers: HTTPFields, at now: Timestamp) -> Problem? {
    guard let caller = headers["x-tif-paasid"], let time = headers["x-tif-timestamp"],
      let nonce = headers["x-tif-nonce"], let signature = headers["x-tif-signature"]
    else { return .missingHeader }
    guard caller == paasid else { return .unknownCaller }
    guard let seconds = RequestText.number(time), !nonce.isEmpty, nonce.utf8.count <= 64 else {
      return .malformedHeader
    }
    guard abs(now.milliseconds / 1000 - Int64(seconds)) <= clockSkew else { return .clockSkew }
    // Callers that name a service sign in capitals.
    let capitals = headers["x-tif-serviceid"] != nil
    guard Hex.encode(Digest.sha256.hash(time + token + nonce + time), uppercase: capitals) == signature else {
      return .wrongSignature
    }
    // After the signature: a stranger must not be able to use up nonces.
    return nonces.firstUse(of: nonce, at: now) ? nil : .replayedNonce
  }
}
