/// Who looked at which papers, for the auditor.
enum AuditCommands {
  static let group = Command(
    group: "audit", "Lists and verifies the access audit (who looked at which papers, and what for).",
    [AuditList.command, AuditVerify.command])
}
