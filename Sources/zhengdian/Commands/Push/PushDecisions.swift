import Access
import Exchanges
import GatewayAPI
import Pushing

/// `push sign`: a person says what became of a push that nobody knows about.
enum PushSign {
  static let happened = CommandOption<Bool>.flag("happened", "The platform has it.")
  static let absent = CommandOption<Bool>.flag("absent", "The platform does not have it: it is sent again.")
  static let receipt = CommandOption<String>.text(
    "receipt", "NUMBER", "With --happened: the platform's number for it.")

  static let command = Command(
    "sign", "Says what became of a push of which nobody knows it.",
    details: """
      Find out first: by telephone, or at the platform's own page. What is signed counts: with --absent it is
      sent again, and where it had happened after all it is then there twice. What had been refused, taken back
      or parked before it was in doubt is that again, and is not sent.
      In a restored copy also what was refused, taken back or parked is signed for before it is repeated: with
      --absent neither it nor anything that repeated it since is at the platform, with --happened it is.
      """,
    options: [happened, absent, receipt, Decision.reason, Look.operator], positionals: [PushCommands.id]
  ) { invocation in
    guard invocation[happened] != invocation[absent] else {
      throw UsageError("say one of --happened and --absent")
    }
    if invocation[receipt] != nil, !invocation[happened] {
      throw UsageError("--receipt goes with --happened")
    }
    return try await PushDecision.take(
      invocation[happened] ? .happened(receipt: invocation[receipt]) : .didNotHappen, invocation)
  }
}

/// `push retry`: what stands still is tried again.
enum PushRetry {
  static let command = Command(
    "retry",
    "Tries a push again, with all its tries, that stands still: they were used up, or something had to be mended.",
    details:
      "What is unknown is not sent but asked about again, as often as at first, where the platform can be asked.",
    options: [Decision.reason, Look.operator], positionals: [PushCommands.id]
  ) { invocation in try await PushDecision.take(.retry, invocation) }
}

/// `push cancel`: takes back what was not sent.
enum PushCancel {
  static let command = Command(
    "cancel", "Takes a push back that has not reached the platform.",
    options: [Decision.reason, Look.operator], positionals: [PushCommands.id]
  ) { invocation in try await PushDecision.take(.cancel, invocation) }
}

enum PushDecision {
  static func take(_ decision: Pushes.Decision, _ invocation: Invocation) async throws -> ExitCode {
    let id = try PushCommands.id(invocation)
    let signOff = try Decision.signOff(invocation)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      try await Look.recordDecision(decision.action, by: signOff.name, on: "push-\(id)", in: site.audit)
      let push = try await site.pushes.decide(decision, about: id, by: signOff)
      if invocation.wantsJSON {
        invocation.output.json { PushWriter.writeMembers(push, to: &$0) }
      } else {
        invocation.output.line("push \(push.id) is \(PushView.word(push))")
      }
      return .done
    }
  }
}

extension Pushes.Decision {
  /// As the access audit calls it.
  fileprivate var action: AccessAction {
    switch self {
    case .happened, .didNotHappen: .signPush
    case .retry: .retryPush
    case .cancel: .cancelPush
    }
  }
}
