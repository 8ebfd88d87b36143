import Certificates
import CivilTime
import Exchanges
import Gateway
import Registry
import Sync

/// Certificates for people.
enum CertificateText {
  static func table(
    of found: [Certificate], _ staleness: Staleness, revealing: Set<Field>, on today: CivilDate
  ) -> TextTable {
    var table = TextTable("ID", "KIND", "NUMBER", "HOLDER", "STANDING", "SEEN", "")
    for certificate in found {
      let record = certificate.record.masked(revealing: revealing).record
      let holders = record.holders.compactMap { $0.text(.holderName) }
      table.row(
        certificate.id.rawValue, record.kind.rawValue, record.number ?? "", holders.joined(separator: "、"),
        certificate.record.standing(on: today).state.title, certificate.seen.iso8601,
        staleness.since(of: certificate) == nil ? "" : "stale")
    }
    return table
  }

  static func write(
    _ certificate: Certificate, staleSince: Timestamp?, _ disagreements: [Disagreement],
    revealing: Set<Field>, on today: CivilDate, to output: Output
  ) {
    let standing = certificate.record.standing(on: today)
    let reasons = standing.reasons.map { "\($0.title) (\($0.path))" }.joined(separator: "; ")
    output.line(
      "\(output.paint(certificate.id.rawValue, .bold))  \(certificate.record.kind.title) (\(certificate.record.kind.rawValue))"
    )
    output.line(TerminalText.safe("standing on \(today): \(standing.state.title) — \(reasons)"))
    output.line(
      "version \(certificate.version) from \(certificate.platform); since \(certificate.changed.iso8601), "
        + "confirmed \(certificate.seen.iso8601)")
    if let staleSince {
      output.line(
        output.paint("stale since \(staleSince.iso8601)", .yellow)
          + ": \(certificate.platform) is held by an incident ('zhengdian incident list')")
    }
    for one in disagreements {
      output.line(
        "disagreement \(one.id): \(one.platforms.joined(separator: " and ")) differ on \(one.field) (\(one.state.rawValue))"
      )
    }
    output.line()
    let fields = FieldLine.all(of: certificate.record, revealing: revealing)
    var table = TextTable("FIELD", "项目", "VALUE", "")
    for field in fields { table.row(field.path, field.title, field.text, field.isMasked ? "masked" : "") }
    table.write(to: output)
  }

  /// What an observation said: of the first everything, of a later one what it changed.
  static func write(
    _ observation: StoredObservation, since previous: CertificateRecord?, revealing: Set<Field>,
    to output: Output
  ) {
    let version = observation.version.map { "version \($0)" } ?? "no version"
    output.line(
      "\(output.paint(version, .bold))  \(observation.platform)  received \(observation.received.iso8601), "
        + "exchange \(observation.exchange) \(TerminalText.safe(observation.locator.path)); last seen "
        + "\(observation.lastSeen.iso8601) in exchange \(observation.lastExchange)")
    let fields = FieldLine.all(of: observation.record, revealing: revealing)
    guard let previous else {
      for field in fields { output.line(TerminalText.safe("  \(field.path): \(field.text)")) }
      return
    }
    let before = FieldLine.all(of: previous, revealing: revealing)
    let paths = previous.differences(to: observation.record)
    for path in paths {
      // Holders are compared by who they are, so their places may differ in the two records.
      guard !path.hasPrefix("holders[") || hasSameHolders(previous, observation.record) else {
        output.line("  \(path): changed")
        continue
      }
      output.line(TerminalText.safe("  \(path): \(text(at: path, before)) → \(text(at: path, fields))"))
    }
    if paths.isEmpty { output.line("  the same") }
  }

  private static func text(at path: String, _ fields: [FieldLine]) -> String {
    fields.first { $0.path == path }?.text ?? "—"
  }

  private static func hasSameHolders(_ left: CertificateRecord, _ right: CertificateRecord) -> Bool {
    left.holders.map { $0.text(.holderCode) } == right.holders.map { $0.text(.holderCode) }
  }

  static func write(_ proof: CertificateProof, of id: CertificateID, to output: Output) {
    for note in proof.notes { output.line(TerminalText.safe(note)) }
    for field in proof.fields {
      let origin = field.origin.map { " ← \($0)" } ?? ""
      let text = TerminalText.safe("\(field.path)\(meaning(field))\(origin)")
      output.line(
        field.verdict == .agrees
          ? "\(output.paint("✓", .green)) \(text)" : "\(output.paint("✗", .red)) \(text)")
    }
    output.line(
      proof.holds
        ? "\(id) holds: every field follows from what the platform said"
        : "\(id) does not hold: what is stored is not what the platform said")
  }

  private static func meaning(_ field: CertificateProof.Field) -> String {
    switch field.verdict {
    case .agrees: field.origin == nil ? " (a constant of the mapping)" : ""
    case .differs: ": stored otherwise than the message says"
    case .underived: ": stored, but the message does not say it"
    case .unstored: ": said by the message, but not stored"
    }
  }
}

/// A field of a record as somebody may see it.
struct FieldLine {
  let path: String
  let title: String
  let text: String
  let isMasked: Bool

  /// All fields with a value, in order; those that are not shown at all as `(hidden)`.
  static func all(of record: CertificateRecord, revealing: Set<Field>) -> [FieldLine] {
    let masked = record.masked(revealing: revealing)
    let hidden = Set(masked.hiddenPaths)
    var lines: [FieldLine] = []
    func add(_ values: FieldValues, _ shown: FieldValues, _ group: String) {
      for entry in values.entries {
        let path = "\(group).\(entry.field.name)"
        lines.append(
          FieldLine(
            path: path, title: entry.field.title, text: shown[entry.field]?.displayText ?? "(hidden)",
            isMasked: hidden.contains(path)))
      }
    }
    add(record.basic, masked.record.basic, "basic")
    for (place, holder) in record.holders.enumerated() {
      add(holder, masked.record.holders[place], "holders[\(place)]")
    }
    add(record.specific, masked.record.specific, "specific")
    add(record.management, masked.record.management, "management")
    return lines
  }
}
