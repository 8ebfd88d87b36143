public import Access
public import Certificates
public import Documents
import Exchanges
public import Sync

/// What a site says about itself in `zhengdian.yaml`: where its data lies, whom it calls and who may ask.
///
/// Holds no secret, only where secrets are kept. Paths are absolute or count from the current folder: those of the file counted from its own.
/// docs/reference/configuration.md describes every key.
public struct SiteConfiguration: Sendable {
  /// The file as diagnostics name it.
  public let file: String
  public let database: String
  /// Where the file names it.
  public let databaseMark: YAMLMark
  /// Where the master keys lie; nil only where the caller brings keys of its own.
  public let keys: SecretReference?
  public let listen: ListenConfiguration
  public let adaptersFolder: String
  public let mappingsFolder: String
  /// Where the file names the two; nil where it leaves them to the installation.
  let adaptersMark: YAMLMark?
  let mappingsMark: YAMLMark?
  /// A file of working days whose years are added to the built-in ones, or replace them.
  public let calendarFile: String?
  let calendarMark: YAMLMark?
  public let egress: EgressConfiguration
  /// By name.
  public let platforms: [PlatformConfiguration]
  /// By kind, the platforms in the order of their authority.
  public let precedence: [CertificateKind: [String]]
  /// nil: what was said is kept for ever.
  public let retention: RetentionConfiguration?
  /// nil: a changed mapping is run without having been tried.
  public let trials: TrialPolicy?
  public let changes: ChangesConfiguration
  public let supply: SupplyConfiguration
  /// A second person has to agree to every replay.
  public let needsReplayApproval: Bool
  /// By name.
  public let purposes: [Purpose]
  /// By name.
  public let consumers: [ConsumerConfiguration]

  public func platform(_ name: String) -> PlatformConfiguration? { platforms.first { $0.name == name } }

  /// Reads the file and everything in it; nil when it must not be used. Secrets and the files it names are looked at when the gateway opens.
  ///
  /// - Parameters:
  ///   - share: the folder that holds `Adapters` and `Mappings` as they were installed, used where the file names no folders.
  ///   - bringsKeys: the caller has master keys, so that none need be named (the demonstration).
  public static func read(
    _ file: String, share: String, bringsKeys: Bool = false, diagnostics: Diagnostics
  ) -> SiteConfiguration? {
    let bytes: [UInt8]
    do throws(GatewayError) {
      bytes = try FileReading.bytes(of: file, limit: 1 << 20)
    } catch {
      diagnostics.report(Diagnostic(.error, file: file, message: "\(error.message); \(error.remedy)"))
      return nil
    }
    return parse(bytes, file: file, share: share, bringsKeys: bringsKeys, diagnostics: diagnostics)
  }

  /// The same from bytes; `file` is where relative paths count from.
  public static func parse(
    _ bytes: [UInt8], file: String, share: String, bringsKeys: Bool = false, diagnostics: Diagnostics
  ) -> SiteConfiguration? {
    guard let document = YAMLDocument(parsing: bytes, file: file, diagnostics: diagnostics) else {
      return nil
    }
    let place = FilePlace(of: file)
    return ConfigurationReader.read(document.root, as: "configuration", diagnostics) { reader in
      let databaseValue = reader.value("database")
      let database = databaseValue?.text() ?? ""
      let keys = keySource(reader, place, isNeeded: !bringsKeys)
      let listen = ListenConfiguration.read(reader.nested(ifPresent: "listen"), place)
      let (adaptersValue, mappingsValue) = (
        reader.value(ifPresent: "adapters"), reader.value(ifPresent: "mappings")
      )
      let adapters = adaptersValue?.text().map(place.resolve) ?? "\(share)/Adapters"
      let mappings = mappingsValue?.text().map(place.resolve) ?? "\(share)/Mappings"
      let calendar = reader.value(ifPresent: "calendar")
      let platforms = reader.named("platforms").compactMap { PlatformConfiguration.read($0, place) }
      let egress = EgressConfiguration.read(reader, platforms)
      let precedence = precedence(reader, platforms: reader.namesGiven("platforms"))
      let retention = reader.nested(ifPresent: "retention").map {
        RetentionConfiguration.read($0, platforms: reader.namesGiven("platforms"))
      }
      let trials = reader.nested(ifPresent: "trials").map(TrialPolicy.read)
      let changes = reader.nested(ifPresent: "changes").map(ChangesConfiguration.read)
      let supply = reader.nested(ifPresent: "supply").map {
        SupplyConfiguration.read($0, deadline: listen.deadline)
      }
      let needsReplayApproval = reader.nested(ifPresent: "replay")?.boolean("approval", default: false)
      let purposes = reader.named("purposes").compactMap(Purpose.read)
      let purposeNames = reader.namesGiven("purposes")
      let consumers = reader.named("consumers").compactMap { entry in
        ConsumerConfiguration.read(entry, purposes: purposeNames, place)
      }
      return SiteConfiguration(
        file: file, database: place.resolve(database), databaseMark: databaseValue?.mark ?? reader.mark,
        keys: keys, listen: listen,
        adaptersFolder: adapters, mappingsFolder: mappings,
        adaptersMark: adaptersValue?.mark, mappingsMark: mappingsValue?.mark,
        calendarFile: calendar?.text().map(place.resolve), calendarMark: calendar?.mark, egress: egress,
        platforms: platforms,
        precedence: precedence, retention: retention, trials: trials,
        changes: changes ?? ChangesConfiguration(), supply: supply ?? SupplyConfiguration(),
        needsReplayApproval: needsReplayApproval ?? false, purposes: purposes, consumers: consumers)
    }
  }

  private static func keySource(
    _ reader: ConfigurationReader, _ place: FilePlace, isNeeded: Bool
  ) -> SecretReference? {
    (isNeeded ? reader.value("keys") : reader.value(ifPresent: "keys")).flatMap {
      SecretReference.read($0, place)
    }
  }

  private static func precedence(
    _ reader: ConfigurationReader, platforms: [String]?
  ) -> [CertificateKind: [String]] {
    guard let table = reader.nested(ifPresent: "precedence") else { return [:] }
    var precedence: [CertificateKind: [String]] = [:]
    for kind in CertificateKind.allCases where table.has(kind.rawValue) {
      precedence[kind] = table.words(kind.rawValue, among: platforms)
    }
    return precedence
  }
}
