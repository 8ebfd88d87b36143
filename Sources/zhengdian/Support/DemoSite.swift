import Crypto
import Sandbox

/// A folder with everything a gateway needs to pull from a sandbox: `zhengdian.yaml`, master keys, the platforms' secrets
/// and a consumer's key.
///
/// Written again it follows the sandbox to new ports and secrets, but keeps the master keys and the consumer's key:
/// without the former the database beside them could not be opened any more.
struct DemoSite: Sendable {
  /// A platform of the sandbox as the gateway knows it.
  struct Platform: Sendable {
    /// In the gateway's tables and metrics.
    let name: String
    /// The manifest that speaks to it.
    let adapter: String
    let connection: SandboxConnection
  }

  /// Which manifest speaks to which simulated platform, in the sandbox's order.
  private static let known = [
    (platform: "zhejiang-public-data", name: "hangzhou-data", adapter: "hangzhou/public-data"),
    (platform: "investment-3", name: "hangzhou-investment", adapter: "hangzhou/investment"),
    (platform: "real-estate-xml", name: "changzhou-estate", adapter: "changzhou/real-estate"),
    (platform: "national-exchange", name: "national-exchange", adapter: "national/data-sharing"),
    (platform: "hangzhou-permits", name: "hangzhou-permits", adapter: "hangzhou/permits"),
    (platform: "henan-permits", name: "henan-permits", adapter: "henan/permits"),
    (platform: "xinxian-permits", name: "xinxian-permits", adapter: "xinxian/permits"),
    (platform: "chongqing-permits", name: "chongqing-permits", adapter: "chongqing/permits"),
    (platform: "changzhou-permits", name: "changzhou-permits", adapter: "changzhou/permits"),
  ]

  /// The first line of a configuration that may be written anew.
  private static let heading =
    "# Written by 'zhengdian sandbox --write-config'; a change here is lost when it runs again."
  private static let largestConfiguration = 1 << 20
  static let consumer = "demo"

  /// Where to write. Its parent must be there.
  let folder: String
  let platforms: [Platform]
  /// The gateway's own port; 0 lets the system choose.
  let listenPort: Int

  init(folder: String, _ connections: [SandboxConnection], listenPort: Int = 8080) {
    self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    self.listenPort = listenPort
    platforms = connections.map { connection in
      guard let entry = Self.known.first(where: { $0.platform == connection.platform }) else {
        preconditionFailure("no adapter is known for the simulated platform \(connection.platform)")
      }
      return Platform(name: entry.name, adapter: entry.adapter, connection: connection)
    }
  }

  var configurationFile: String { "\(folder)/zhengdian.yaml" }
  var keyFile: String { "\(folder)/keys" }
  /// What the consumer `demo` shows with its requests.
  var consumerKeyFile: String { "\(folder)/secrets/\(Self.consumer)-key" }

  /// The manifest that speaks to a simulated platform.
  static func adapter(of platform: String) -> String? {
    known.first { $0.platform == platform }?.adapter
  }

  /// The simulated platforms in the sandbox's order.
  static var simulatedPlatforms: [String] { known.map(\.platform) }

  /// Writes everything. Blocks.
  ///
  /// - Throws: `CommandFailure` where the folder holds a configuration that came from elsewhere, or cannot be written.
  func write() throws(CommandFailure) {
    try checkConfiguration()
    try OutputFile.makeFolder(folder)
    try OutputFile.makeFolder("\(folder)/secrets")
    if !OutputFile.exists(keyFile) {
      try OutputFile.write("sandbox: \(Hex.encode(SecureRandom.bytes(32)))\n", to: keyFile)
    }
    if !OutputFile.exists(consumerKeyFile) {
      try OutputFile.write(Hex.encode(SecureRandom.bytes(32)) + "\n", to: consumerKeyFile)
    }
    for platform in platforms {
      for setting in platform.connection.settings where setting.isSecret {
        try OutputFile.write(
          setting.value + "\n", to: "\(folder)/\(Self.secretFile(platform, setting))")
      }
    }
    try OutputFile.write(text, to: configurationFile, mode: 0o644)
  }

  /// The configuration. Relative paths count from its folder.
  var text: String {
    var text = """
      \(Self.heading)
      database: zhengdian.sqlite
      keys: {file: keys}
      listen: {host: 127.0.0.1, port: \(listenPort)}
      egress: connections

      platforms:

      """
    for platform in platforms {
      text += """
          \(platform.name):
            adapter: \(platform.adapter)
            url: \(platform.connection.address)
            settings:

        """
      for setting in platform.connection.settings {
        let value =
          setting.isSecret ? "{file: \(Self.secretFile(platform, setting))}" : Self.quoted(setting.value)
        text += "      \(setting.name): \(value)\n"
      }
    }
    return text + """

      # The register's word on a deed counts more than a copy of it.
      precedence:
        property-deed: [changzhou-estate, hangzhou-data]

      purposes:
        supply-application:
          title: 用电报装
          reveal: [holder.name, holder.code, basic.number, specific.location]
        bill-transfer: {title: 过户}

      consumers:
        \(Self.consumer):
          title: 演示系统
          key: {file: secrets/\(Self.consumer)-key}
          scopes:
            [certificates:search, certificates:read, certificates:reveal, exchanges:read, platforms:read,
            incidents:read, incidents:manage, disagreements:read, disagreements:manage,
            pushes:read, pushes:decide, replays:read, replays:run, changes:read, subscriptions:manage]
          purposes: [supply-application, bill-transfer]

      """
  }

  private func checkConfiguration() throws(CommandFailure) {
    guard OutputFile.exists(configurationFile) else { return }
    let bytes: [UInt8]
    do {
      bytes = try InputFile.read(configurationFile, most: Self.largestConfiguration)
    } catch {
      throw CommandFailure(.failure, error.description)
    }
    guard bytes.starts(with: Self.heading.utf8) else {
      throw CommandFailure(
        .failure, "\(configurationFile) was not written by this command",
        remedy: "name another folder, or move the file away")
    }
  }

  private static func secretFile(_ platform: Platform, _ setting: SandboxConnection.Setting) -> String {
    "secrets/\(platform.name)-\(setting.name)"
  }

  /// As a text in YAML, whatever it looks like.
  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
