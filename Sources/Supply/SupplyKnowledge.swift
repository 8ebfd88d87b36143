public import Certificates
public import CivilTime
public import Registry

/// A certificate of the registry that may be about the application.
public struct KnownCertificate: Hashable, Sendable {
  public enum Origin: String, CaseIterable, Hashable, Sendable {
    /// Known before.
    case registry
    /// A platform was asked for it, for this application.
    case query
    /// A partner department sent it by itself.
    case push
  }

  public let id: CertificateID
  public let record: CertificateRecord
  public let version: Int
  public let platform: String
  /// When a platform last confirmed it.
  public let seen: Timestamp
  /// Since when its platform says nothing that can be understood; nil: it does.
  public let staleSince: Timestamp?
  /// The number of the exchange in the journal that told it.
  public let exchange: Int64
  public let origin: Origin

  public init(
    id: CertificateID, record: CertificateRecord, version: Int, platform: String, seen: Timestamp,
    staleSince: Timestamp? = nil, exchange: Int64, origin: Origin = .registry
  ) {
    self.id = id
    self.record = record
    self.version = version
    self.platform = platform
    self.seen = seen
    self.staleSince = staleSince
    self.exchange = exchange
    self.origin = origin
  }
}

/// Who tells of a kind: what the absence of a certificate means.
public struct SupplyReach: Hashable, Sendable {
  public struct Source: Hashable, Sendable {
    public let platform: String
    /// When it last told everything it has; nil: never.
    public let told: Timestamp?
    /// The last attempt to learn from it failed.
    public let isFailing: Bool

    public init(platform: String, told: Timestamp?, isFailing: Bool = false) {
      self.platform = platform
      self.told = told
      self.isFailing = isFailing
    }
  }

  public let sources: [Source]

  public init(_ sources: [Source]) { self.sources = sources }

  /// No platform of the site tells of it: it can only be brought.
  public static let absent = SupplyReach([])

  /// The platforms from whose silence nothing follows: they fail, never told, or told before `oldest`.
  func silent(since oldest: Timestamp?) -> [String] {
    let silent = sources.filter { source in
      guard let told = source.told, !source.isFailing else { return true }
      return oldest.map { told < $0 } ?? false
    }
    return Set(silent.map(\.platform)).sorted()
  }
}

/// Everything that is known when an application is judged.
public struct SupplyKnowledge: Hashable, Sendable {
  public let certificates: [KnownCertificate]
  /// By kind; a kind that is not in it is absent.
  public let reach: [CertificateKind: SupplyReach]
  /// Kinds of which platforms could tell that must not be asked, for want of an authorisation.
  public let withheld: Set<CertificateKind>
  /// Kinds that platforms of the site answer or send by themselves, whether or not they can be asked for this application.
  public let possible: Set<CertificateKind>

  public init(
    certificates: [KnownCertificate] = [], reach: [CertificateKind: SupplyReach] = [:],
    withheld: Set<CertificateKind> = [], possible: Set<CertificateKind> = []
  ) {
    self.certificates = certificates
    self.reach = reach
    self.withheld = withheld
    self.possible = possible
  }

  func reach(_ kind: CertificateKind) -> SupplyReach { reach[kind] ?? .absent }

  /// Whether any platform of the site tells of a kind, or could.
  func isTold(_ kind: CertificateKind) -> Bool { !reach(kind).sources.isEmpty || withheld.contains(kind) }

  /// Whether any platform of the site might tell of a kind in any way: of another application, say, for this one says too little to ask by.
  func mayBeTold(_ kind: CertificateKind) -> Bool { isTold(kind) || possible.contains(kind) }

  /// Who tells of each kind, after some were asked: those that answered have told everything about this application at that moment.
  static func reach(
    _ reach: [CertificateKind: SupplyReach], after askings: [SupplyAsking]
  ) -> [CertificateKind: SupplyReach] {
    var reach = reach
    for kind in Set(askings.flatMap(\.kinds)) {
      let asked = askings.filter { $0.kinds.contains(kind) }
      let platforms = Set(asked.map(\.platform))
      let others = (reach[kind]?.sources ?? []).filter { !platforms.contains($0.platform) }
      // One that answered one of two questions has not told everything.
      reach[kind] = SupplyReach(others + asked.map { SupplyReach.Source($0) })
    }
    return reach
  }

  /// Who tells of each kind where platforms that can be asked were not, or not yet: until they are they have said nothing.
  static func reach(
    _ reach: [CertificateKind: SupplyReach], besides questions: SupplyQuestions
  ) -> [CertificateKind: SupplyReach] {
    var reach = reach
    for source in questions.all.map(\.source) {
      for kind in source.kinds {
        let sources = reach[kind]?.sources ?? []
        guard !sources.contains(where: { $0.platform == source.platform }) else { continue }
        reach[kind] = SupplyReach(sources + [SupplyReach.Source(platform: source.platform, told: nil)])
      }
    }
    return reach
  }
}

extension SupplyReach.Source {
  fileprivate init(_ asking: SupplyAsking) {
    switch asking.state {
    case .told(let reply) where reply.isWhole:
      self.init(platform: asking.platform, told: reply.received)
    case .told, .failed, .pending: self.init(platform: asking.platform, told: nil, isFailing: true)
    }
  }
}
