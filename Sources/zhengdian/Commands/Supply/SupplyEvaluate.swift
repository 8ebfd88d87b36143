import Access
import CivilTime
import Documents
import Gateway
import Supply

/// `supply evaluate`: judges an application by what the registry holds.
enum SupplyEvaluate {
  static let form = Positional("FORM", "The application as JSON; - is standard input.")

  private static let largestForm = 1 << 20

  static let command = Command(
    "evaluate", "Judges what an application still needs, and keeps the verdict, signed.",
    details: """
      The form has the application's number, the region, the facts that policies ask about, who applies and for
      which address (docs/reference/supply.md). What the registry does not settle is asked of the platforms, for
      three seconds. The verdict says of each requirement which clause demands it and how it stands, then what the
      customer still has to bring. It names nobody. The same number once more is another verdict on the same
      application. The look is recorded in the access audit.

      Exit code 1 when something could not be decided or checked.
      """,
    options: [SupplyCommands.language, Look.purpose, Look.operator], positionals: [form]
  ) { invocation in
    let bytes = try invocation.input.read(invocation[form].first ?? "-", most: largestForm)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await Site.with(invocation) { site in
      let desk = site.supplying.desk
      let (kept, answer) = try await SupplyCommands.failing {
        let now = Timestamp.now()
        let form = try SupplyForm(
          try JSONDocument(parsing: bytes).root, today: now.civil(offsetSeconds: UTCOffset.china).date)
        return try await desk.evaluate(form, for: look.asker, at: now)
      }
      try await look.record(
        .evaluateSupply, certificates: answer.certificates, keys: answer.keys, in: site.gateway.audit)
      if invocation.wantsJSON {
        invocation.output.line(String(decoding: kept.signed, as: UTF8.self))
      } else {
        try SupplyCommands.write(kept, invocation[SupplyCommands.language] ?? .zh, to: invocation.output)
      }
      await desk.close()
      return answer.verdict.isFinal ? .done : .failure
    }
  }
}
