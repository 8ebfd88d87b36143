import CivilTime
import Crypto
import Exchanges
public import Mapping
public import Registry

/// Lets operations run only by mappings that were tried, where the site asks for it, and notes which one each was last run by.
public struct TrialGate: Sendable {
  public let trials: MappingTrials
  /// nil: any mapping may run. Which one does is noted all the same.
  public let policy: TrialPolicy?

  public init(_ trials: MappingTrials, policy: TrialPolicy?) {
    self.trials = trials
    self.policy = policy
  }

  /// - Throws: `TrialError` `untried`; nothing is stored then.
  func admit(
    _ mapping: CompiledMapping, for key: OperationKey, _ registry: Registry, at moment: Timestamp
  ) async throws {
    let content = mapping.digest
    let noted = try await trials.used(by: key)
    guard noted != content else { return }
    if let policy, let last = try await last(mapping.name, for: key, registry), last != content {
      guard
        policy.admits(content, after: last, trials: try await trials.trials(of: content, after: last))
      else {
        throw TrialError(
          .untried,
          "'\(mapping.name)' has changed since '\(key)' was last run, and this content has passed no trial",
          remedy:
            "run 'zhengdian mapping diff in-use \(mapping.name) --record --reason …', or put the former file back; 'mapping trials' shows what was tried"
        )
      }
    }
    try await trials.noteUse(of: content, by: key, at: moment)
  }

  /// SM3 of what an operation was last run by; nil when it never ran.
  ///
  /// Where it was not noted yet, it is the newest that the registry has under the name.
  public func last(
    _ mapping: String, for key: OperationKey, _ registry: Registry
  ) async throws -> [UInt8]? {
    if let noted = try await trials.used(by: key) { return noted }
    guard let newest = try await registry.definitions(.mapping, name: mapping).last else { return nil }
    let bundle = try await registry.definition(newest).content
    return Digest.sm3.hash(try CompiledMapping.content(ofBundle: bundle))
  }
}

extension CompiledMapping {
  /// SM3 of its content.
  public var digest: [UInt8] { Digest.sm3.hash(content) }
}
