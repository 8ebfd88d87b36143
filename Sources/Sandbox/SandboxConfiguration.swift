public import CivilTime

/// What a sandbox is like. Two sandboxes with the same configuration and clock answer byte for byte the same.
public struct SandboxConfiguration: Sendable {
  /// Decides the population, the keys and the faults with a probability.
  public var seed: UInt64 = 20_260_101
  public var sizes = PopulationSizes()
  /// When the records came into being. Those from after the clock's time are not there yet, so a history that reaches
  /// beyond now lets records appear while the sandbox runs.
  public var history = SandboxConfiguration.standardHistory
  public var lifetimes = SecretLifetimes()
  public var limits = PlatformLimits()
  public var host = "127.0.0.1"
  /// By platform name and `control`; what is not named gets a free port.
  public var ports: [String: Int] = [:]
  /// Bytes of rendered pages kept. Rendering is about as fast as sending, so a few pages in reach of a retry do.
  public var pageCache = 16 << 20

  public init() {}

  /// 2020-01-01 to 2026-07-01, Beijing time.
  public static let standardHistory = Timestamp.seconds(1_577_808_000)..<Timestamp.seconds(1_782_835_200)
}
