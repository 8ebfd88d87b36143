import Access
import Applications
import Documents
import Exchanges
import Gateway
import Permits
import Pushing
import SQLDatabase

/// `permit supplement`: 补正, the material that the window asked for.
enum PermitSupplement {
  static let form = Positional("FORM", "The files as JSON, as in the case's form; - is standard input.")
  static let remarks = CommandOption<String>.text("remarks", "TEXT", "What is said to the window with it.")

  static let largest = 64 << 20

  static let command = Command(
    "supplement", "Hands in what the window asked for.",
    details: """
      FORM is {"materials": [{"code": …, "mediaType": …, "file": "PATH"}]}. That the window has it is entered when it has
      taken it. Where it had decided meanwhile the item says so, and the files stay with the case.
      """,
    options: [remarks, PermitCommands.attempt, Look.operator],
    positionals: [PermitCommands.id, PermitCommands.item, form]
  ) { invocation in
    let place = try PermitCommands.place(invocation)
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    let bytes = try invocation.input.read(invocation[form].first ?? "-", most: largest)
    return try await Site.with(invocation) { site in
      let push = try await PermitCommands.failing {
        let materials = try PermitForm.materials(try JSONDocument(parsing: bytes).root) { path in
          try invocation.input.read(path, most: largest)
        }
        return try await site.permitting.desk.supplement(
          place, with: materials, remarks: invocation[remarks],
          keep: PermitCommands.keep(.supplementPermit, by: name, reason: nil, in: site.gateway.audit))
      }
      PermitPushText.write(push, invocation)
      return .done
    }
  }
}

/// `permit withdraw`: 撤件, what was handed in is taken back.
enum PermitWithdraw {
  static let command = Command(
    "withdraw", "Takes an item back that is not decided.",
    details: """
      What has not left yet never leaves; what the window has is withdrawn there, and ends when it has accepted that.
      Who did it and why is recorded in the access audit in the same transaction.
      """,
    options: [PermitSupplement.remarks, PermitCommands.attempt, Decision.reason, Look.operator],
    positionals: [PermitCommands.id, PermitCommands.item]
  ) { invocation in
    let place = try PermitCommands.place(invocation)
    let signOff = try Decision.signOff(invocation)
    return try await Site.with(invocation) { site in
      let push = try await PermitCommands.failing {
        try await site.permitting.desk.withdraw(
          place, remarks: invocation[PermitSupplement.remarks], by: signOff,
          keep: PermitCommands.keep(
            .withdrawPermit, by: signOff.name, reason: signOff.reason, in: site.gateway.audit))
      }
      PermitPushText.write(push, invocation)
      return .done
    }
  }
}

/// `permit retry`: another attempt after one that came to nothing.
enum PermitRetry {
  private static let form = Positional(
    "FORM", "Files to be handed in with it, as JSON; - is standard input.", isRequired: false)

  static let command = Command(
    "retry", "Hands an item in once more after it was refused or withdrawn.",
    details: """
      Another attempt begins, with a clock of its own, linked to the one before. FORM is that of 'permit supplement': its files
      take the place of those of the same code, or come beside them; without it the files of the attempt before are handed in.
      After a restore another attempt may have been made already: it is held until it is tried again by its number
      (--attempt), and so is an item that may have been handed in until it is tried again; find out first. Who did it and why is recorded in the access audit in the same
      transaction.
      """,
    options: [PermitSupplement.remarks, PermitCommands.attempt, Decision.reason, Look.operator],
    positionals: [PermitCommands.id, PermitCommands.item, form]
  ) { invocation in
    let place = try PermitCommands.place(invocation)
    let signOff = try Decision.signOff(invocation)
    let bytes = try invocation[form].first.map {
      try invocation.input.read($0, most: PermitSupplement.largest)
    }
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      try await PermitCommands.failing {
        let materials = try bytes.map { bytes in
          try PermitForm.materials(try JSONDocument(parsing: bytes).root) { path in
            try invocation.input.read(path, most: PermitSupplement.largest)
          }
        }
        _ = try await PermitDesk(permits: site.permits, pushes: site.pushes).retry(
          place, with: materials ?? [], remarks: invocation[PermitSupplement.remarks],
          keep: PermitCommands.keep(
            .retryPermit, by: signOff.name, reason: signOff.reason, in: site.audit))
        let attempt = try await site.permits.database.read {
          try site.permits.attempt(place.item, of: place.permitCase, $0)
        }
        if invocation.wantsJSON {
          invocation.output.json {
            $0.member("attempt", attempt.attempt)
            $0.member("held", attempt.isHeld)
          }
        } else {
          let held =
            ", held: it may have been handed in already; ask the window, then let it go with '\(attempt.release)'"
          invocation.output.line(
            "\(place.item.rawValue): attempt \(attempt.attempt)" + (attempt.isHeld ? held : ""))
        }
      }
      return .done
    }
  }
}

enum PermitPushText {
  static func write(_ push: PushID?, _ invocation: Invocation) {
    if invocation.wantsJSON {
      invocation.output.json { $0.member("push", push?.rawValue) }
    } else {
      invocation.output.line(push.map { "push \($0)" } ?? "it never leaves")
    }
  }
}
