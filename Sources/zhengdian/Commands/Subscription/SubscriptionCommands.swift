import Access
import Changes
import CivilTime
import Documents
import Gateway
import GatewayAPI
import Notifications

/// Who is told of changes, for people at the command line.
enum SubscriptionCommands {
  static let group = Command(
    group: "subscription", "Lists, makes, deletes and resumes subscriptions (who is told of changes).",
    details: """
      A subscription belongs to a consumer of the configuration and is told what that consumer may see,
      by a signed POST for each change. A receiver that is dead for three days, or says that it is gone,
      is paused: nothing is sent to it then, and the feed keeps what it has missed.
      """,
    [
      SubscriptionList.command, SubscriptionNew.command, SubscriptionDelete.command,
      SubscriptionResume.command,
    ])

  static let id = Positional("NUMBER", "The subscription's number.")

  static func id(_ invocation: Invocation) throws(UsageError) -> SubscriptionID {
    guard let word = invocation[id].first, let number = Int64(word), number > 0 else {
      throw UsageError("a subscription has a number, as 'zhengdian subscription list' shows it")
    }
    return SubscriptionID(rawValue: number)
  }

  static func show(_ subscription: Subscription, _ invocation: Invocation) {
    if invocation.wantsJSON {
      invocation.output.json { SubscriptionWriter.write(subscription, url: nil, to: &$0) }
    } else {
      invocation.output.line("subscription \(subscription.id) is \(subscription.state.rawValue)")
    }
  }
}

/// `subscription list`: who is told, and how it goes.
enum SubscriptionList {
  static let command = Command(
    "list", "Subscriptions with how far they are and what the last try met."
  ) { invocation in
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.subscriptions.list()
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for subscription in found {
          let url = try await site.subscriptions.url(of: subscription.id)
          lines.object { SubscriptionWriter.write(subscription, url: url, to: &$0) }
        }
        lines.flush()
      } else if !found.isEmpty {
        table(of: found).write(to: invocation.output)
      }
      return .done
    }
  }

  private static func table(of subscriptions: [Subscription]) -> TextTable {
    var table = TextTable(
      "NUMBER", "CONSUMER", "STATE", "DELIVERED", "AT", "FAILURES", "LEFT OUT", "PROBLEM", "KINDS")
    for subscription in subscriptions {
      table.row(
        "\(subscription.id)", subscription.consumer, subscription.state.rawValue,
        "\(subscription.delivered)", subscription.deliveredAt?.iso8601 ?? "",
        "\(subscription.failures)", "\(subscription.skipped)", subscription.problemCode ?? "",
        subscription.kinds.map { kinds in
          (kinds.map(\.rawValue) + subscription.unrecognizedKinds).sorted().joined(separator: " ")
        } ?? "all")
    }
    return table
  }
}

/// `subscription new`: somebody is told from now on.
enum SubscriptionNew {
  private static let consumer = CommandOption<String>.text(
    "consumer", "NAME", "Whose it is; a consumer of the configuration.", isRequired: true)
  private static let url = CommandOption<String>.text(
    "url", "URL", "Where it is told: https, at a receiver that the configuration names.", isRequired: true)
  private static let kind = CommandOption<ChangeKind>.choice(
    "kind", "Only of this kind; of all that the consumer may see if not given.", isRepeated: true)

  static let command = Command(
    "new", "Has a consumer told of changes from now on, and shows the secret for its signatures once.",
    options: [consumer, url, kind, Look.operator]
  ) { invocation in
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    let configuration = try SiteFile.read(invocation)
    let kinds = invocation.arguments.all(kind)
    guard let owner = configuration.consumers.first(where: { $0.name == invocation[consumer] }),
      let url = invocation[url]
    else { throw UsageError("--consumer names no consumer of \(configuration.file)") }
    if let hidden = kinds.first(where: { !owner.scopes.allows($0) }) {
      throw UsageError(
        "\(owner.name) may not see '\(hidden.rawValue)': it needs subscriptions:manage and "
          + Scope.needed(for: hidden).rawValue)
    }
    return try await SiteStore.use(configuration, invocation.environment) { site in
      try await Look.recordDecision(
        .createSubscription, by: name, on: "consumer-\(owner.name)", in: site.audit)
      let (subscription, secret) = try await site.subscriptions.create(
        for: owner.name, url: url, kinds: kinds.isEmpty ? nil : Set(kinds))
      if invocation.wantsJSON {
        invocation.output.json { writer in
          SubscriptionWriter.write(subscription, url: url, to: &writer)
          writer.member("secret", secret.text)
        }
      } else {
        invocation.output.line("subscription \(subscription.id)")
        invocation.output.line("secret \(secret.text)")
        invocation.errors.line("the secret is not shown again")
      }
      return .done
    }
  }
}

/// `subscription delete`: nobody is told any more.
enum SubscriptionDelete {
  static let command = Command(
    "delete", "Ends a subscription; what it was still to be told is not sent.",
    options: [Look.operator], positionals: [SubscriptionCommands.id]
  ) { invocation in
    let id = try SubscriptionCommands.id(invocation)
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      _ = try await site.subscriptions.subscription(id)
      try await Look.recordDecision(.deleteSubscription, by: name, on: "subscription-\(id)", in: site.audit)
      let subscription = try await site.subscriptions.delete(id)
      if invocation.wantsJSON {
        invocation.output.json { SubscriptionWriter.write(subscription, url: nil, to: &$0) }
      } else {
        invocation.output.line("subscription \(id) is deleted")
      }
      return .done
    }
  }
}

/// `subscription resume`: what was paused goes on.
enum SubscriptionResume {
  private static let with = CommandOption<Subscriptions.Place>.choice(
    "with", "'missed': with what it has missed; 'new': with what comes from now on.", isRequired: true)

  static let command = Command(
    "resume", "Lets a subscription go on that was paused.",
    options: [with, Look.operator], positionals: [SubscriptionCommands.id]
  ) { invocation in
    let id = try SubscriptionCommands.id(invocation)
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    guard let place = invocation[with] else { throw UsageError("--with is needed") }
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      _ = try await site.subscriptions.subscription(id)
      try await Look.recordDecision(.resumeSubscription, by: name, on: "subscription-\(id)", in: site.audit)
      SubscriptionCommands.show(try await site.subscriptions.resume(id, with: place), invocation)
      return .done
    }
  }
}
