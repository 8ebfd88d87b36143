import Adapters
import Crypto
import Gateway
import Mapping
import Registry
import Sync

/// Operations that are tried together: those that use the same mapping.
struct TrialGroup: Sendable {
  /// In place of a mapping: what the operations were last run by.
  static let inUse = "in-use"

  let mapping: CompiledMapping
  let operations: [any MappedOperation]

  /// The operations that use a mapping by the configuration.
  init(_ mapping: CompiledMapping, _ site: Site) throws(CommandFailure) {
    self.mapping = mapping
    operations = try Self.operations(mapping.name, site)
  }

  private init(_ mapping: CompiledMapping, _ operations: [any MappedOperation]) {
    self.mapping = mapping
    self.operations = operations
  }

  /// The operations that use `new` by the configuration, by what they were last run by. Those that never ran are left out.
  static func inUse(_ new: CompiledMapping, _ site: Site) async throws -> [TrialGroup] {
    var groups: [[UInt8]: [any MappedOperation]] = [:]
    for operation in try operations(new.name, site) {
      if let last = try await site.station.gate.last(new.name, for: operation.key, site.gateway.registry) {
        groups[last, default: []].append(operation)
      }
    }
    guard !groups.isEmpty else {
      throw CommandFailure(
        .failure, "no operation has been run by a mapping '\(new.name)' yet",
        remedy: "a first mapping needs no trial: try it on samples with 'mapping test'")
    }
    var found: [TrialGroup] = []
    for (digest, operations) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      guard let bundle = try await bundle(of: digest, new.name, site.gateway.registry) else {
        throw CommandFailure(
          .failure, "the registry does not have the mapping (SM3 \(Hex.encode(digest))) that was last run",
          remedy: "compare the database with a backup, or name the former mapping's file")
      }
      found.append(TrialGroup(try CompiledMapping(bundle: bundle), operations))
    }
    return found
  }

  /// What the registry keeps under the name and says exactly this.
  private static func bundle(
    of digest: [UInt8], _ name: String, _ registry: Registry
  ) async throws -> [UInt8]? {
    for id in try await registry.definitions(.mapping, name: name).reversed() {
      let bundle = try await registry.definition(id).content
      if Digest.sm3.hash(try CompiledMapping.content(ofBundle: bundle)) == digest { return bundle }
    }
    return nil
  }

  /// A trial is of the mapping that the operations were last run by, or it would show nothing.
  func requireInUse(_ site: Site) async throws {
    for operation in operations {
      let last = try await site.station.gate.last(mapping.name, for: operation.key, site.gateway.registry)
      guard last == nil || last == mapping.digest else {
        throw CommandFailure(
          .failure, "'\(operation.key)' was last run by another content than this '\(mapping.name)'",
          remedy: "name '\(Self.inUse)' as the old mapping: what was last run is kept in the registry")
      }
    }
  }

  /// Those that are asked, and those that platforms call for.
  private static func operations(
    _ name: String, _ site: Site
  ) throws(CommandFailure) -> [any MappedOperation] {
    let all: [any MappedOperation] = site.station.runners + site.station.intakes
    let operations = all.filter { $0.mapping.name == name }
    guard !operations.isEmpty else {
      throw CommandFailure(
        .failure, "no configured operation uses the mapping '\(name)'",
        remedy: "'zhengdian adapter list' shows which mapping each operation uses")
    }
    return operations
  }
}
