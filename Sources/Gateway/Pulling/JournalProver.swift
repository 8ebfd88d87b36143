import Adapters
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import Journal
import Mapping
import Permits
public import Registry

/// Derives records again from what was really said: the raw bytes of the journal, opened by the adapter and mapped by the mapping as they were then.
public struct JournalProver: Prover {
  private let gateway: Gateway

  public init(_ gateway: Gateway) {
    self.gateway = gateway
  }

  public func prove(_ id: CertificateID) async throws -> CertificateProof {
    guard let evidence = try await gateway.registry.evidence(for: id) else {
      throw RegistryError(.notFound, "there is no certificate \(id)")
    }
    return try await prove(evidence)
  }

  /// The proof of one observation, the present one's or an older version's.
  public func prove(_ evidence: StoredObservation) async throws -> CertificateProof {
    let mappingAsItWas = try await gateway.registry.definition(evidence.mapping)
    let adapterAsItWas = try await gateway.registry.definition(evidence.adapter)
    guard mappingAsItWas.name != Permits.decisionMapping else {
      throw RegistryError.unprovable("a permit's decision is made of its case beside what the platform said")
    }
    let mapping = try CompiledMapping(bundle: mappingAsItWas.content)
    let adapter = try Adapter(bundle: adapterAsItWas.content)
    let exchange = try await gateway.journal.exchange(evidence.exchange)
    let message = try message(of: exchange, by: adapter)
    guard let derivation = try mapping.derive(evidence.locator, in: message) else {
      throw RegistryError.unprovable(
        "there is no row at \(evidence.locator) in exchange \(exchange.operation)")
    }
    return CertificateProof(
      derivation, stored: evidence.record, beside: Self.circumstances(evidence, exchange),
      notes: [
        "exchange \(evidence.exchange), row \(evidence.locator)",
        "mapping \(mapping.name)@\(mapping.version) (SM3 \(Hex.encode(Array(mappingAsItWas.digest.prefix(8)))))",
        "adapter \(adapter.name) (SM3 \(Hex.encode(Array(adapterAsItWas.digest.prefix(8)))))",
      ])
  }

  /// What the platform said: in its answer, or in the call that it made.
  private func message(of exchange: Exchange, by adapter: Adapter) throws -> MessageDocument {
    if exchange.direction == .inbound,
      let operation = adapter.inbound.first(where: { $0.name == exchange.operation })
    {
      return try operation.message(exchange.requestBody, headers: exchange.requestHeaders)
    }
    guard let operation = adapter.operation(exchange.operation) else {
      throw RegistryError.unprovable("the adapter \(adapter.name) had no operation '\(exchange.operation)'")
    }
    let connection = Connection(
      platform: exchange.platform, url: "", settings: gateway.platform(exchange.platform)?.settings ?? [:])
    return try operation.open(
      exchange.responseBody, status: exchange.status ?? 200, by: adapter, over: connection
    ).message
  }

  /// What the registry says of where and when the record came, held against the exchange.
  private static func circumstances(
    _ evidence: StoredObservation, _ exchange: Exchange
  ) -> [CertificateProof.Field] {
    func field(_ name: String, _ agrees: Bool) -> CertificateProof.Field {
      CertificateProof.Field(
        path: "observation.\(name)", verdict: agrees ? .agrees : .differs,
        origin: "exchange \(evidence.exchange)")
    }
    return [
      field("platform", evidence.platform == exchange.platform),
      // A call was there when it came; its answer is ours.
      field(
        "received",
        evidence.received == (exchange.direction == .inbound ? exchange.created : exchange.received)),
    ]
  }
}

extension RegistryError {
  fileprivate static func unprovable(_ message: String) -> RegistryError {
    RegistryError(
      .unprovable,
      "\(message): compare the exchange in the journal with the adapter and mapping kept beside the record")
  }
}

extension CertificateProof {
  /// Holds what was derived against what is stored, field by field.
  ///
  /// - Parameter beside: what was compared besides the record.
  init(_ derivation: RowDerivation, stored: CertificateRecord, beside: [Field], notes: [String]) {
    var fields: [Field] = []
    let origins = Dictionary(derivation.fields.map { ($0.field, $0.source) }) { first, _ in first }
    let differing =
      derivation.record.map { Set(stored.differences(to: $0, includingManagement: true)) } ?? []
    let storedPaths = Set(stored.fieldPaths)
    for path in stored.fieldPaths {
      let isDerived = origins.keys.contains(path)
      let differs =
        derivation.record == nil || differing.contains(path) || differing.contains(Self.holder(of: path))
      fields.append(
        Field(
          path: path, verdict: differs ? (isDerived ? .differs : .underived) : .agrees,
          origin: origins[path] ?? nil))
    }
    for field in derivation.fields where !storedPaths.contains(field.field) {
      fields.append(Field(path: field.field, verdict: .unstored, origin: field.source))
    }
    fields += beside
    self.init(
      holds: derivation.record == stored && fields.allSatisfy { $0.verdict == .agrees }, fields: fields,
      notes: notes + derivation.reasons.map(\.description))
  }

  /// `holders[1]` of `holders[1].name`; the path itself elsewhere.
  private static func holder(of path: String) -> String {
    path.hasPrefix("holders[") ? String(path.prefix { $0 != "." }) : path
  }
}

extension CertificateRecord {
  /// The paths of all fields that have a value: `basic.number`, `holders[0].name`.
  fileprivate var fieldPaths: [String] {
    var paths = basic.entries.map(\.field.path)
    for (index, holder) in holders.enumerated() {
      paths += holder.entries.map { "holders[\(index)].\($0.field.name)" }
    }
    return paths + specific.entries.map(\.field.path) + management.entries.map(\.field.path)
  }
}
