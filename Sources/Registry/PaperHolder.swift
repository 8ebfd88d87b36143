import Certificates
import Crypto

/// Whose paper something is, or who agreed to something, as far as it was said.
public struct PaperHolder: Hashable, Sendable {
  public let isPerson: Bool
  public let name: String?
  /// Citizen number, social credit code or another code of a holder.
  public let code: String?

  public init(isPerson: Bool, name: String?, code: String?) {
    self.isPerson = isPerson
    self.name = name
    self.code = code
  }

  /// The text by which somebody with this code is known, the same for all spellings; nil where nothing of it is left.
  public var codeText: String? { Self.normal(.holderCode, code) }

  public var nameText: String? { Self.normal(.holderName, name) }

  private static func normal(_ domain: LookupDomain, _ text: String?) -> String? {
    let normal = text.map(domain.normal) ?? ""
    return normal.isEmpty ? nil : normal
  }
}

/// Keyed digests by which what belongs to a holder is found.
public struct HolderTokens: Hashable, Sendable {
  public let code: [UInt8]?
  public let name: [UInt8]?

  public var all: [[UInt8]] { [code, name].compactMap(\.self) }
}

extension RegistryKeys {
  /// - Parameter domain: of one table; the digests of another one are others, so that what is in both tells nobody more.
  public func tokens(of holder: PaperHolder, in domain: String) -> HolderTokens {
    HolderTokens(
      code: holder.codeText.map { blindIndex.token("\(domain)/code", $0) },
      name: holder.nameText.map { blindIndex.token("\(domain)/name", $0) })
  }
}
