import Adapters
import Crypto
import Documents
import Exchanges
import Mapping
import Pushing
import Sync

/// What a plan was looked at with: the definitions that decide what comes out, and what came out then. Kept with the plan, so that nothing else is run than what
/// somebody has agreed to.
public struct ReplayBasis: Hashable, Sendable {
  /// A mapping or template with the code lists it uses, an adapter with what it extends, or, of what calls a platform, its address and settings.
  public struct Definition: Hashable, Sendable {
    public enum Kind: String, Sendable {
      case adapter, mapping, template, connection
    }

    public let kind: Kind
    public let name: String
    /// SM3 of what it says, wherever its files lie; in hexadecimal.
    public let digest: String

    init(_ kind: Kind, _ name: String, saying content: [UInt8]) {
      self.init(kind: kind, name: name, digest: Hex.encode(Digest.sm3.hash(content)))
    }

    init(kind: Kind, name: String, digest: String) {
      self.kind = kind
      self.name = name
      self.digest = digest
    }
  }

  public var definitions: [Definition] = []
  public var calls = 0
  /// Records that would come out; re-map only.
  public var records = ReplayRecords()
  public var quarantined = 0
  public var isExact = true

  public init() {}

  init(_ outlook: ReplayOutlook) {
    definitions = outlook.definitions
    (calls, records) = (outlook.preview.calls, outlook.preview.records)
    (quarantined, isExact) = (outlook.preview.quarantined, outlook.preview.isExact)
  }

  /// The first definition that is not as it was then.
  func difference(from now: [Definition]) -> Definition? {
    now.first { !definitions.contains($0) }
  }
}

extension ReplayBasis {
  /// As it lies in the table, and as the report shows it.
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("definitions") { writer in
        writer.array { writer in
          for definition in definitions {
            writer.object {
              $0.member("kind", definition.kind.rawValue)
              $0.member("name", definition.name)
              $0.member("sm3", definition.digest)
            }
          }
        }
      }
      writer.member("calls", calls)
      writer.member("new", records.new)
      writer.member("changed", records.changed)
      writer.member("unchanged", records.unchanged)
      writer.member("quarantined", quarantined)
      writer.member("exact", isExact)
    }
  }

  /// What is missing reads as nothing, which no definition is equal to.
  init(reading json: JSONValue) {
    self.init()
    definitions =
      json["definitions"]?.elements.compactMap { one -> Definition? in
        guard let kind = one["kind"]?.string.flatMap({ Definition.Kind(rawValue: $0) }),
          let name = one["name"]?.string, let digest = one["sm3"]?.string
        else { return nil }
        return Definition(kind: kind, name: name, digest: digest)
      } ?? []
    calls = json["calls"]?.integer ?? 0
    records = ReplayRecords(
      new: json["new"]?.integer ?? 0, changed: json["changed"]?.integer ?? 0,
      unchanged: json["unchanged"]?.integer ?? 0)
    quarantined = json["quarantined"]?.integer ?? 0
    isExact = json["exact"]?.boolean ?? true
  }
}

extension ReplayBasis.Definition {
  /// Who is called: another address is another platform, whatever its name here.
  fileprivate static func connection(of client: PlatformClient) -> Self {
    Self(.connection, client.connection.platform, saying: client.connection.outline(for: client.adapter))
  }
}

extension ReplayLibrary {
  /// What decides what comes out, as this process has it.
  func definitions(_ query: ReplayQuery, _ depth: ReplayDepth) throws(ReplayError) -> [ReplayBasis.Definition]
  {
    switch depth {
    case .remap, .refetch:
      let runner = try runner(query)
      let definitions = [
        ReplayBasis.Definition(.mapping, runner.mapping.name, saying: runner.mapping.content),
        ReplayBasis.Definition(.adapter, runner.client.adapter.name, saying: runner.client.adapter.bundle),
      ]
      return depth == .remap ? definitions : definitions + [.connection(of: runner.client)]
    case .repush:
      let route = try route(query)
      return [
        ReplayBasis.Definition(.template, route.template.name, saying: route.template.content),
        ReplayBasis.Definition(.adapter, route.client.adapter.name, saying: route.client.adapter.bundle),
        .connection(of: route.client),
      ]
    }
  }

  /// Whether a replay would still be made of what was looked at.
  ///
  /// - Throws: `ReplayError` `changed`, or `unfit` where the site has the operation no longer.
  func requireUnchanged(_ replay: Replay) throws(ReplayError) {
    guard let changed = replay.basis.difference(from: try definitions(replay.query, replay.depth)) else {
      return
    }
    throw ReplayError(
      .changed,
      "the \(changed.kind.rawValue) '\(changed.name)' is not the one with which replay \(replay.id) was looked at",
      remedy: "cancel it and plan it anew, so that somebody sees what it would do now")
  }
}
