/// The engineer's bench: one case a line from standard input, one JSON object a line to standard output, in order.
enum InspectCommands {
  static let group = Command(
    group: "inspect", "Tries identifiers, deadlines, paths, documents and signatures, a case a line.",
    details: """
      Each line of standard input is a case and is answered by one JSON object on one line of
      standard output, in order. A case that cannot be answered gives {"error": …} and the next
      one follows; the exit code is 0 when every line was answered.
      """,
    [
      InspectIdentifier.command, InspectDeadline.command, InspectPath.command, InspectXPath.command,
      InspectJSON.command,
      InspectSignature.command,
    ])
}
