public import Crypto
public import Exchanges
public import SQLDatabase
import Synchronization

/// What was really said between the gateway and the platforms: each request and response as it crossed the border,
/// durable before anybody acts on it.
///
/// Content is compressed and sealed, each part under a key of its own. The costly half, `prepare`, runs on any
/// thread; the other, `insert`, runs inside whatever transaction the rows have to share.
public final class Journal: Sendable {
  public struct Configuration: Sendable {
    /// zstd's level. Higher ones cost more time than they save on the messages of platforms.
    public var compressionLevel = 1
    /// The largest content that is opened again, in bytes after decompression.
    public var largestContent = 1 << 30

    public init() {}
  }

  let database: Database
  let keys: KeyRing
  let configuration: Configuration
  /// The key that signed last, opened.
  let signer = Mutex<(StoredSigningKey, SM2.PrivateKey)?>(nil)

  /// The database must have been migrated with `JournalSchema.component`.
  public init(database: Database, keys: KeyRing, configuration: Configuration = Configuration()) {
    self.database = database
    self.keys = keys
    self.configuration = configuration
  }

  /// Compresses and seals. Takes milliseconds for a large page: call it where others do not wait for it.
  public func prepare(_ exchange: Exchange) -> PreparedExchange {
    let binding = PartBinding(
      token: SecureRandom.bytes(16), platform: exchange.platform, operation: exchange.operation,
      direction: exchange.direction, created: exchange.created, attempt: exchange.attempt)
    return PreparedExchange(
      binding: binding,
      method: exchange.method,
      address: AddressOutline.of(exchange.address),
      status: exchange.status,
      sent: exchange.sent,
      received: exchange.received,
      parent: exchange.parent,
      requestID: exchange.requestID,
      outcome: exchange.outcome,
      problemCode: exchange.problem?.code,
      problemClass: exchange.problem?.errorClass,
      requestType: Self.contentType(exchange.requestHeaders),
      requestSize: exchange.requestBody.count,
      responseType: Self.contentType(exchange.responseHeaders),
      responseSize: exchange.responseBody.count,
      request: seal(
        [exchange.address] + Self.texts(exchange.requestHeaders), exchange.requestBody, .request, binding),
      response: sealedResponse(of: exchange, binding),
      problem: exchange.problem.map { seal([$0.message, $0.remedy], [], .problem, binding) })
  }

  /// Nil when nothing came back.
  func sealedResponse(of exchange: Exchange, _ binding: PartBinding) -> PreparedExchange.Part? {
    guard exchange.status != nil || !exchange.responseHeaders.isEmpty || !exchange.responseBody.isEmpty else {
      return nil
    }
    return seal(Self.texts(exchange.responseHeaders), exchange.responseBody, .response, binding)
  }

  func seal(
    _ texts: [String], _ body: [UInt8], _ part: ExchangePart, _ binding: PartBinding
  ) -> PreparedExchange.Part {
    let content = PartContent.encode(texts: texts, body: body, level: configuration.compressionLevel)
    let sealed = SealedBody(sealing: content, context: binding.context(part), with: keys)
    return PreparedExchange.Part(
      sealed: sealed.sealed, wrappedKey: sealed.wrappedKey, sealedDigest: Digest.sm3.hash(sealed.sealed),
      contentDigest: Digest.sm3.hash(content))
  }

  private static func texts(_ headers: [ExchangeHeader]) -> [String] {
    var texts: [String] = []
    texts.reserveCapacity(headers.count * 2 + 1)
    for header in headers {
      texts.append(header.name)
      texts.append(header.value)
    }
    return texts
  }

  static func contentType(_ headers: [ExchangeHeader]) -> String? {
    guard let header = headers.first(where: { $0.name.lowercased() == "content-type" }) else { return nil }
    // It stands in the clear, so without parameters, and only where it is a type: a platform may have written anything there. The header as it came is sealed.
    let bare = header.value.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
    let parts = bare.split(separator: "/", omittingEmptySubsequences: false)
    guard bare.utf8.count <= 100, parts.count == 2, parts.allSatisfy(isTypeName) else {
      return AddressOutline.mark
    }
    return String(bare)
  }

  private static func isTypeName(_ text: Substring) -> Bool {
    !text.isEmpty && !AddressOutline.mayIdentify(text)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "+"),
          UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
