/// What happened, for people at the command line.
enum ChangeCommands {
  static let group = Command(
    group: "change", "Shows the feed of what happened at the site.",
    details: """
      The feed is one order of everything that other systems may have to act upon: certificates that
      changed, pushes that were settled, incidents, replays. Nothing in it names a person.
      """, [ChangeList.command])
}
