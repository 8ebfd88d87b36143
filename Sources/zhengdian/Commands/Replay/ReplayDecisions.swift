import Access
import Exchanges
import Gateway
import GatewayAPI
import Replay

/// `replay approve`: a second person agrees.
enum ReplayApprove {
  static let command = Command(
    "approve", "Agrees to a replay that somebody else has planned.",
    options: [Decision.reason, Look.operator], positionals: [ReplayCommands.id]
  ) { invocation in
    try await ReplayDecision.take(.approveReplay, invocation) { try await $0.approve($1, by: $2) }
  }
}

/// `replay start`: lets it run.
enum ReplayStart {
  static let command = Command(
    "start", "Lets a planned replay run, or goes on with one that was stopped; 'serve' does the work.",
    details: "A trial comes first; the rest follows by itself where few enough of it fail.",
    options: [Decision.reason, Look.operator], positionals: [ReplayCommands.id]
  ) { invocation in
    let id = try ReplayCommands.id(invocation)
    let signOff = try Decision.signOff(invocation)
    // With its mappings and adapters: what was looked at must still be what would run.
    return try await Site.with(invocation) { site in
      try await Look.recordDecision(
        .startReplay, by: signOff.name, on: "replay-\(id)", in: site.gateway.audit)
      let replaying = site.replaying
      ReplayDecision.show(
        try await replaying.replays.start(id, by: signOff, with: replaying.library), invocation)
      return .done
    }
  }
}

/// `replay stop`: no further.
enum ReplayStop {
  static let command = Command(
    "stop", "Stops a replay; 'replay start' goes on with it.",
    options: [Decision.reason, Look.operator], positionals: [ReplayCommands.id]
  ) { invocation in
    try await ReplayDecision.take(.stopReplay, invocation) { try await $0.stop($1, by: $2) }
  }
}

/// `replay cancel`: ends it for good.
enum ReplayCancel {
  static let command = Command(
    "cancel", "Ends a replay for good; what is done stays done.",
    options: [Decision.reason, Look.operator], positionals: [ReplayCommands.id]
  ) { invocation in
    try await ReplayDecision.take(.cancelReplay, invocation) { try await $0.cancel($1, by: $2) }
  }
}

enum ReplayDecision {
  static func take(
    _ action: AccessAction, _ invocation: Invocation,
    _ body: @escaping @Sendable (Replays, ReplayID, SignOff) async throws -> Replay
  ) async throws -> ExitCode {
    let id = try ReplayCommands.id(invocation)
    let signOff = try Decision.signOff(invocation)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      try await Look.recordDecision(action, by: signOff.name, on: "replay-\(id)", in: site.audit)
      let replay = try await body(site.replays, id, signOff)
      show(replay, invocation)
      return .done
    }
  }

  static func show(_ replay: Replay, _ invocation: Invocation) {
    if invocation.wantsJSON {
      invocation.output.json { ReplayWriter.writeMembers(replay, to: &$0) }
    } else {
      invocation.output.line("replay \(replay.id) is \(replay.state.rawValue)")
    }
  }
}
