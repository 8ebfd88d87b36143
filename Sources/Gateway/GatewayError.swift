public import Exchanges

/// Why the gateway cannot start or cannot do what it was asked. Carries no personal data and no secret.
public typealias GatewayError = CodedError<GatewayErrorCode>

public enum GatewayErrorCode: String, Sendable {
  /// A file or folder cannot be read.
  case unreadableFile = "gateway-unreadable-file"
  /// A file with a secret can be reached by other users.
  case exposedSecret = "gateway-exposed-secret"
  /// A secret is not where the configuration says, or is not usable.
  case missingSecret = "gateway-missing-secret"
  /// The configuration names no master keys and the caller gave none.
  case missingKeys = "gateway-missing-keys"
}
