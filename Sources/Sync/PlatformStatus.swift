public import CivilTime

/// A platform as it stands: how it is called, and how its last runs went.
public struct PlatformStatus: Sendable {
  public struct Operation: Sendable {
    public var name: String
    public var title: String?
    public var isEnabled: Bool
    public var lastStarted: Timestamp?
    public var lastSucceeded: Timestamp?
    /// `succeeded`, `failed`, `running` …: the word of whoever runs it.
    public var lastOutcome: String?
    /// Stable code of the problem of the last run.
    public var lastProblem: String?
    /// Up to when everything has been pulled.
    public var watermark: Timestamp?
    public var nextRun: Timestamp?
    /// Records the last run stored.
    public var records: Int?

    public init(
      name: String, title: String? = nil, isEnabled: Bool = true, lastStarted: Timestamp? = nil,
      lastSucceeded: Timestamp? = nil, lastOutcome: String? = nil, lastProblem: String? = nil,
      watermark: Timestamp? = nil, nextRun: Timestamp? = nil, records: Int? = nil
    ) {
      self.name = name
      self.title = title
      self.isEnabled = isEnabled
      self.lastStarted = lastStarted
      self.lastSucceeded = lastSucceeded
      self.lastOutcome = lastOutcome
      self.lastProblem = lastProblem
      self.watermark = watermark
      self.nextRun = nextRun
      self.records = records
    }
  }

  public var name: String
  public var adapter: String
  public var title: String?
  /// How sure the form of the calls is: `published`, `convention`, `assumed`.
  public var basis: String?
  public var operations: [Operation]

  public init(
    name: String, adapter: String, title: String? = nil, basis: String? = nil, operations: [Operation] = []
  ) {
    self.name = name
    self.adapter = adapter
    self.title = title
    self.basis = basis
    self.operations = operations
  }
}

/// Knows how the platforms stand.
public protocol PlatformReporter: Sendable {
  func platforms() async throws -> [PlatformStatus]
}
