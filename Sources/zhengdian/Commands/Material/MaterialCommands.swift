import Certificates
import Exchanges
import Applications
import Gateway
import Access
import CivilTime
import Documents
import GatewayAPI
import Materials
import Registry
import SQLDatabase
import Supply

/// `material …`: papers that customers handed in.
enum MaterialCommands {
  static let id = Positional("MATERIAL", "The number of a material, as 'material add' gives it.")
  static let largestForm = 64 << 20

  static let group = Command(
    group: "material", "Papers that customers handed in: kept once, used for other business too.",
    [
      MaterialAdd.command, MaterialFind.command, MaterialShow.command, MaterialVerify.command,
      MaterialWithdraw.command, MaterialErase.command,
    ])

  static func id(_ invocation: Invocation) throws(UsageError) -> MaterialID {
    guard let number = invocation[id].first.flatMap({ Int64($0) }), number > 0 else {
      throw UsageError("MATERIAL is a number, as 'zhengdian material add' gives it")
    }
    return MaterialID(rawValue: number)
  }

  /// Runs what throws the errors of materials, in the words of a command.
  static func failing<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await SupplyCommands.failing(body)
    } catch let error as MaterialError {
      throw CommandFailure(.failure, error.message, remedy: error.remedy)
    }
  }

  /// Records what is done to a material in the transaction that does it.
  static func keep(
    _ action: AccessAction, by name: String, reason: String? = nil, in audit: AccessAudit
  ) -> @Sendable (Transaction, MaterialID) throws -> Void {
    { transaction, id in
      try audit.record(
        Look.decision(action, by: name, on: "material-\(id)", reason: reason), in: transaction)
    }
  }

  static func write(_ material: Material, _ invocation: Invocation, isNew: Bool? = nil) {
    if invocation.wantsJSON {
      return invocation.output.json { writer in
        PaperWriter.write(material, to: &writer)
        if let isNew { writer.member("new", isNew) }
      }
    }
    let output = invocation.output
    let known = isNew == false ? ", which was kept already" : ""
    output.line(TerminalText.safe("material \(material.id): \(material.code)\(known)"))
    let application = material.application.map { ", application \($0)" } ?? ""
    output.line(
      TerminalText.safe(
        "handed in \(material.received.iso8601) for \(material.business)\(application), through \(material.channel)"
      ))
    if let issued = material.issued { output.line("issued \(issued)") }
    output.line(material.validTo.map { "holds until \($0)" } ?? "holds without end")
    if let check = material.check {
      let because = check.reasons.sorted().map(\.rawValue).joined(separator: ", ")
      output.line(
        "compared \(check.at.iso8601): \(check.state.rawValue)" + (because.isEmpty ? "" : " (\(because))"))
    }
    if let withdrawn = material.withdrawn { output.line("taken back \(withdrawn.iso8601)") }
    if let erased = material.erased { output.line("erased \(erased.iso8601)") }
  }
}

/// `material add`: keeps a paper that a customer hands in.
enum MaterialAdd {
  private static let form = Positional("FORM", "The material as JSON; - is standard input.")

  static let command = Command(
    "add", "Keeps a paper that a customer hands in.",
    details: """
      The form says by which code policies ask for it, whose it is, what stands on it, for which business it is
      handed in, and names the file by its path (docs/reference/supply.md). The same file of the same holder for the
      same paper once more is the material that is kept. Applications that wait for it are judged anew. Who took it
      is recorded in the access audit in the same transaction.
      """,
    options: [Look.operator], positionals: [form]
  ) { invocation in
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    let bytes = try invocation.input.read(
      invocation[form].first ?? "-", most: MaterialCommands.largestForm)
    return try await Site.with(invocation) { site in
      let desk = site.supplying.desk
      let (material, isNew) = try await MaterialCommands.failing {
        let form = try MaterialForm(
          try JSONDocument(parsing: bytes).root, codes: desk.materialCodes
        ) { path in try invocation.input.read(path, most: Materials.largestFile) }
        return try await desk.counter.handIn(
          form.material(through: Look.consumer, by: name), at: .now(),
          also: MaterialCommands.keep(.handInMaterial, by: name, in: site.gateway.audit))
      }
      MaterialCommands.write(material, invocation, isNew: isNew)
      return .done
    }
  }
}

/// `material find`: what somebody has handed in.
enum MaterialFind {
  static let holder = Positional(
    "HOLDER", "Whose, as JSON: {\"type\": \"person\", \"code\": \"…\"}; - is standard input.")
  private static let largest = 1 << 16

  static let command = Command(
    "find", "What somebody has handed in and not taken back, the latest first.",
    details: """
      Nobody's number comes to lie in the history of the shell. A person without a code is found by the name within
      one 'application'. The look is recorded in the access audit first.
      """,
    options: [Look.purpose, Look.operator], positionals: [holder]
  ) { invocation in
    let form = try await read(invocation)
    let look = try Look(invocation, try SiteFile.read(invocation))
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let found = try await MaterialCommands.failing {
        try await site.counter.materials.materials(of: form.holder, application: form.application)
      }
      try await look.record(.searchMaterials, keys: keys(form), in: site.audit)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for material in found { lines.object { PaperWriter.write(material, to: &$0) } }
        lines.flush()
      } else {
        var table = TextTable("MATERIAL", "CODE", "HANDED IN", "FOR", "APPLICATION", "UNTIL", "COMPARED")
        for material in found {
          table.row(
            "\(material.id)", material.code, material.received.iso8601, material.business,
            material.application ?? "", material.validTo?.description ?? "",
            material.check?.state.rawValue ?? "")
        }
        if !found.isEmpty { table.write(to: invocation.output) }
      }
      return .done
    }
  }

  static func read(_ invocation: Invocation) async throws -> HolderForm {
    let bytes = try invocation.input.read(invocation[holder].first ?? "-", most: largest)
    return try await SupplyCommands.failing { try HolderForm(try JSONDocument(parsing: bytes).root) }
  }

  /// What was looked for, for the audit.
  static func keys(_ form: HolderForm) -> [LookupKey] {
    [
      form.holder.code.map { LookupKey(.holderCode, $0) }
        ?? form.holder.name.map { LookupKey(.holderName, $0) }
    ].compactMap(\.self)
  }
}

/// `material show`: one material, and its file where that is wanted.
enum MaterialShow {
  private static let output = CommandOption<String>.text(
    "output", "FILE", "Also writes the file there; needs --purpose and --operator.")

  static let command = Command(
    "show", "One material, without whose it is.",
    details: "The look is recorded in the access audit first.",
    options: [output, Look.purpose, Look.operator], positionals: [MaterialCommands.id]
  ) { invocation in
    let id = try MaterialCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration, mustReveal: invocation[output] != nil)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let (material, file) = try await MaterialCommands.failing {
        let materials = site.counter.materials
        let material = try await materials.material(id)
        return (material, invocation[output] == nil ? nil : try await materials.file(of: id))
      }
      try await look.record(
        file == nil ? .readMaterial : .readMaterialFile,
        revealed: file == nil ? [] : ["material[\(id)].file"], in: site.audit)
      if let file, let path = invocation[output] { try OutputFile.write(file.bytes, to: path) }
      MaterialCommands.write(material, invocation)
      return .done
    }
  }
}

/// `material verify`: compares a material with what platforms say.
enum MaterialVerify {
  static let command = Command(
    "verify", "Compares a material with the certificate of its kind and number.",
    details: """
      Platforms that can be asked for it are asked. A person's papers are looked up only by an authorisation that holds
      and covers the purpose. What came of it is kept with the material, and the look is recorded in the access audit.
      Exit code 1 when it does not agree.
      """,
    options: [Look.purpose, Look.operator], positionals: [MaterialCommands.id]
  ) { invocation in
    let id = try MaterialCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await Site.with(invocation) { site in
      let desk = site.supplying.desk
      let verified = try await MaterialCommands.failing {
        try await desk.verify(id, for: look.asker, at: .now())
      }
      try await look.record(
        .verifyMaterial, certificates: verified.certificates, keys: verified.keys, in: site.gateway.audit)
      MaterialCommands.write(verified.material, invocation)
      await desk.close()
      return verified.material.check?.state == .agrees ? .done : .failure
    }
  }
}

/// `material withdraw`: takes a material back.
enum MaterialWithdraw {
  static let command = Command(
    "withdraw", "Takes a material back: it stands for no paper any more.",
    details: """
      Applications that rest on it are judged anew. Who did it and why is kept sealed with the material, and recorded in
      the access audit in the same transaction.
      """,
    options: [Decision.reason, Look.operator], positionals: [MaterialCommands.id]
  ) { invocation in
    let id = try MaterialCommands.id(invocation)
    let signOff = try Decision.signOff(invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let material = try await MaterialCommands.failing {
        try await site.counter.withdraw(
          id, by: signOff, at: .now(),
          also: MaterialCommands.keep(
            .withdrawMaterial, by: signOff.name, reason: signOff.reason, in: site.audit))
      }
      MaterialCommands.write(material, invocation)
      return .done
    }
  }
}

/// `material erase`: destroys a material, for somebody who has a right to it.
enum MaterialErase {
  static let command = Command(
    "erase", "Destroys a material: its file, what it says and whose it is.",
    details: """
      That something of its code was handed in when stays. Where another material has the same file, that one keeps it.
      Applications that rest on it are judged anew. Who did it and why is recorded in the access audit in the same
      transaction. Backups hold it until they end.
      """,
    options: [ExchangeErase.reason, Look.operator], positionals: [MaterialCommands.id]
  ) { invocation in
    let id = try MaterialCommands.id(invocation)
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let isNew = try await MaterialCommands.failing {
        try await site.counter.erase(id, at: .now()) { transaction, id in
          try site.audit.record(
            look.entry(.erase, reason: why, revealed: ["material[\(id)]"]), in: transaction)
        }
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("material", id.rawValue)
          $0.member("erased", isNew)
        }
      } else {
        invocation.output.line(
          isNew ? "material \(id) is erased" : "material \(id) was erased before")
      }
      return .done
    }
  }
}
