import Applications
import CivilTime
import Crypto
import Documents
import Gateway
import Pushing

/// `push submit`: hands something in at a platform.
enum PushSubmit {
  static let attachment = CommandOption<String>.text(
    "attach", "FILE", "A file that goes with it, named by the record's list; may be given several times.",
    isRepeated: true)
  static let sequence = CommandOption<String>.text(
    "case", "CASE", "What belongs to one case is sent one after the other. A number of no person.")
  static let about = CommandOption<Int>.integer(
    "about", "ID", in: 1...Int.max,
    "The push that this one supplements or withdraws: its receipt goes with it, behind it in its case.")
  static let follows = CommandOption<Int>.integer(
    "follows", "ID", in: 1...Int.max,
    "Hands in once more, on purpose, what was refused, cancelled or withdrawn as this push.")
  static let due = CommandOption<Timestamp>.moment(
    "due", "When the platform must have it, by law or agreement; a date begins in China.")
  static let operation = Positional(
    "PLATFORM/OPERATION", "Where it is handed in, as 'adapter list' shows it.")
  static let record = Positional("RECORD", "The application as JSON; - is standard input.")

  private static let largestRecord = 4 << 20
  private static let largestAttachment = 32 << 20

  static let command = Command(
    "submit", "Takes in an application; 'serve' hands it in at the platform.",
    details: """
      Returns when the application is safe on the disk, with its number. What does not fit the platform's
      template is refused at once, with the field. The same content twice is kept as a duplicate of the first
      and is not sent again; what was taken back is sent, and what was refused needs --follows.
      """,
    options: [attachment, sequence, about, follows, due], positionals: [operation, record]
  ) { invocation in
    let words = (invocation[operation].first ?? "").split(separator: "/", maxSplits: 1).map(String.init)
    guard words.count == 2 else {
      throw UsageError("PLATFORM/OPERATION is a platform of the configuration and one of its operations")
    }
    let file = invocation[record].first ?? "-"
    let read: ApplicationRecord
    do {
      read = try ApplicationRecord(decoding: try invocation.input.read(file, most: largestRecord))
    } catch let error as ApplicationError {
      throw CommandFailure(.failure, "\(file): \(error)", remedy: "docs/reference/mapping.md has every field")
    }
    let attachments = try invocation.arguments.all(attachment).map { path in
      try attachment(path, of: read, invocation)
    }
    return try await Site.with(invocation) { site in
      guard let route = site.pushing.route(words[0], words[1]) else {
        throw CommandFailure(
          .configuration, "the site hands nothing in by '\(words[0])/\(words[1])'",
          remedy: "'zhengdian adapter list' shows the operations and their kinds")
      }
      let about = invocation[about].map { PushID(Int64($0)) }
      var other: Push?
      if let about { other = try await site.pushing.pushes.required(about) }
      // It goes behind the one whose receipt it needs.
      if let first = other?.duplicateOf { other = try await site.pushing.pushes.required(first) }
      let ticket = try await site.pushing.pushes.submit(
        PushRequest(
          record: read, attachments: attachments,
          sequence: invocation[sequence].map { PushRequest.sequence(ofCase: $0) } ?? other?.sequence,
          follows: invocation[follows].map { PushID(Int64($0)) }, about: about, due: invocation[due],
          requestID: "cli-" + Hex.encode(SecureRandom.bytes(8))), by: route)
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("id", ticket.id.rawValue)
          $0.member("duplicateOf", ticket.duplicateOf?.rawValue)
        }
      } else {
        invocation.output.line(
          "push \(ticket.id)"
            + (ticket.duplicateOf.map { ", a duplicate of \($0): it is not sent again" } ?? ""))
      }
      return .done
    }
  }

  /// The media type is the one that the record's list gives to the file's name.
  private static func attachment(
    _ path: String, of record: ApplicationRecord, _ invocation: Invocation
  ) throws -> Attachment {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let listed = record.attachments.first(where: { $0.name == name }) else {
      throw UsageError("the record's list of attachments has no '\(name)'")
    }
    let bytes = try invocation.input.read(path, most: largestAttachment)
    let sm3 = Hex.encode(Digest.sm3.hash(bytes))
    guard listed.sm3 == nil || listed.sm3 == sm3 else {
      throw CommandFailure(
        .failure, "\(path): its SM3 digest is \(sm3), the record says \(listed.sm3 ?? "")",
        remedy: "it is another file than the one the record means")
    }
    return Attachment(name: name, mediaType: listed.mediaType, bytes: bytes, sm3: sm3)
  }
}
