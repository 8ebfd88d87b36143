import Access
import Certificates
import CivilTime
import Documents
import Gateway
import Registry

/// `certificate export`: records as canonical JSON, one a line.
enum CertificateExport {
  static let kind = CommandOption<CertificateKind>.choice(
    "kind", "All certificates of this kind.", isRepeated: true)
  private static let id = Positional(
    "ID", "The certificate's id (crt-…).", isRequired: false, isRepeated: true)
  /// So many certificates are recorded in one row of the audit, and then written.
  private static let portion = 500

  static let command = Command(
    "export", "Certificates as canonical JSON, one a line.",
    details: """
      Each line is {"id", "version", "platform", "changed", "record", "hidden"}: the record in its
      canonical form, with everything whole that the purpose allows and the rest masked, as
      "hidden" says. Needs --purpose and --operator. What one row of the audit names is written
      after it, so an export that breaks off is recorded as far as it came.
      """,
    options: [kind, Look.purpose, Look.operator], positionals: [id]
  ) { invocation in
    let kinds = Set(invocation.arguments.all(kind))
    let ids = try invocation[id].map { word throws(UsageError) in try CertificateCommands.id(word) }
    guard kinds.isEmpty != ids.isEmpty else { throw UsageError("an ID or --kind is needed, and not both") }
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration, mustReveal: true)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      if kinds.isEmpty {
        return try await export(ids, look, site, invocation)
      }
      return try await export(kinds, look, site, invocation)
    }
  }

  private static func export(
    _ ids: [CertificateID], _ look: Look, _ site: SiteStore, _ invocation: Invocation
  ) async throws -> ExitCode {
    var found: [Certificate] = []
    for id in ids {
      guard let certificate = try await site.registry.certificate(id) else {
        throw try await look.notFound(.read, id, in: site.audit)
      }
      found.append(certificate)
    }
    try await write(found, look, site, invocation.output)
    return .done
  }

  private static func export(
    _ kinds: Set<CertificateKind>, _ look: Look, _ site: SiteStore, _ invocation: Invocation
  ) async throws -> ExitCode {
    let total = try await site.registry.counts().filter { kinds.contains($0.kind) }.reduce(0) {
      $0 + $1.count
    }
    let progress = ProgressBar("exported", total: total, on: invocation.errors)
    var position: Int64 = 0
    while invocation.output.isOpen {
      let ids = try await site.registry.ids(after: position, limit: portion)
      guard let last = ids.last else { break }
      position = last.position
      var found: [Certificate] = []
      for id in ids {
        if let certificate = try await site.registry.certificate(id.id),
          kinds.contains(certificate.record.kind)
        {
          found.append(certificate)
        }
      }
      try await write(found, look, site, invocation.output)
      progress.advance(by: found.count)
    }
    progress.finish()
    return .done
  }

  private static func write(
    _ certificates: [Certificate], _ look: Look, _ site: SiteStore, _ output: Output
  ) async throws {
    guard !certificates.isEmpty else { return }
    try await look.record(.read, certificates: certificates.map(\.id), in: site.audit)
    var lines = JSONLines(output)
    for certificate in certificates {
      let masked = certificate.record.masked(revealing: look.revealing)
      lines.object { writer in
        writer.member("id", certificate.id.rawValue)
        writer.member("version", certificate.version)
        writer.member("platform", certificate.platform)
        writer.member("changed", certificate.changed.iso8601)
        writer.member("record") { masked.record.write(to: &$0) }
        writer.member("hidden", masked.hiddenPaths)
      }
    }
    lines.flush()
  }
}
