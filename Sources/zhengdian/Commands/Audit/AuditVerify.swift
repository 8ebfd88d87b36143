import Access
import Crypto
import Documents

/// `audit verify`: follows the chain of the access audit, and names the first row that is wrong.
enum AuditVerify {
  static let command = Command(
    "verify", "Checks that no look was changed, removed or put in.",
    details: """
      Needs the master keys: the chain is keyed. The first row that is wrong is named. Note the
      newest row and its digest somewhere else: who can write the whole database could take rows
      from the very end, and a later run must still know that row.
      Exit code 1 when something was found.
      """
  ) { invocation in
    try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      do {
        var position: Int64? = 0
        while let start = position { position = try await site.audit.verify(after: start) }
      } catch let error as AccessError where error.code == .auditDamaged {
        show(error, invocation)
        return .failure
      }
      let extent = try await site.audit.extent()
      guard !invocation.wantsJSON else {
        invocation.output.json { writer in
          writer.member("holds", true)
          writer.member("rows", extent.rows)
          writer.member("newest", extent.newest?.id)
          writer.member("digest", extent.newest.map { Hex.encode($0.digest) })
        }
        return .done
      }
      invocation.output.line("\(invocation.output.paint("✓", .green)) \(extent.rows) rows hold")
      if let newest = extent.newest {
        invocation.output.line("    the newest is row \(newest.id), digest \(Hex.encode(newest.digest))")
      }
      return .done
    }
  }

  private static func show(_ error: AccessError, _ invocation: Invocation) {
    guard !invocation.wantsJSON else {
      invocation.output.json { writer in
        writer.member("holds", false)
        writer.member("row", error.row)
        writer.member("message", error.message)
      }
      return
    }
    invocation.output.line("\(invocation.output.paint("✗", .red)) \(error.message)")
    invocation.output.line("    \(error.remedy)")
  }
}
