import Access
import CivilTime
import Registry
import Supply

/// `supply show`: a verdict as it was kept.
enum SupplyShow {
  static let id = Positional("APPLICATION", "The number of an application, as 'supply evaluate' gives it.")
  static let verdict = CommandOption<Int>.integer(
    "verdict", "NUMBER", in: 1...1_000_000, "Which verdict on it; the latest if not given.")

  static let command = Command(
    "show", "A verdict as it was signed.",
    details: "The look is recorded in the access audit. With --json what 'supply verify' checks.",
    options: [verdict, SupplyCommands.language, Look.purpose, Look.operator], positionals: [id]
  ) { invocation in
    let application = try id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let store = SupplyStore(database: site.database, keys: site.registryKeys)
      let kept = try await SupplyCommands.failing {
        try await store.verdict(application, version: invocation[verdict])
      }
      let isNamed = invocation[verdict] != nil
      if !isNamed, try await !site.counter.holds(kept, at: .now()) {
        throw CommandFailure(
          .failure, "an authorisation or a material that the latest verdict rests on holds no more",
          remedy: "'serve' judges it anew by itself; or evaluate it once more")
      }
      try await look.record(.readSupply, certificates: try kept.certificates, in: site.audit)
      if invocation.wantsJSON {
        invocation.output.line(String(decoding: kept.signed, as: UTF8.self))
      } else {
        try SupplyCommands.write(kept, invocation[SupplyCommands.language] ?? .zh, to: invocation.output)
      }
      return .done
    }
  }

  static func id(_ invocation: Invocation) throws(UsageError) -> SupplyApplicationID {
    guard let number = invocation[id].first.flatMap({ Int64($0) }), number > 0 else {
      throw UsageError("APPLICATION is a number, as 'zhengdian supply evaluate' gives it")
    }
    return SupplyApplicationID(rawValue: number)
  }
}
