/// What a gateway must know to call one simulated platform: the address and the settings of its connection.
public struct SandboxConnection: Sendable {
  /// One setting, named as in docs/reference/sandbox.md.
  public struct Setting: Hashable, Sendable {
    public let name: String
    public let value: String
    /// To be kept like a secret by the gateway, though nothing of the sandbox is one.
    public let isSecret: Bool
  }

  /// The platform's name.
  public let platform: String
  public let title: String
  /// `http://127.0.0.1:40001`, without a slash at the end.
  public let address: String
  public let settings: [Setting]

  public subscript(name: String) -> String? {
    settings.first { $0.name == name }?.value
  }
}
