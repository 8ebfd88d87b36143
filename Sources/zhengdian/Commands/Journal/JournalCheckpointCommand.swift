import CivilTime
import Crypto
import Documents
import Journal

/// `journal checkpoint`: signs the journal now, and shows the key to hold later verifications against.
enum JournalCheckpointCommand {
  static let command = Command(
    "checkpoint", "Signs the journal as it is now.",
    details: """
      The running gateway signs by itself, after 1,000 entries or a minute. Write the public key and
      the note NUMBER:LINK down somewhere else, and give them to 'journal verify --key … --expect …':
      somebody who can write the whole database could sign another chain with another key, or cut off
      its end.
      """
  ) { invocation in
    try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let made = try await site.journal.checkpoint()
      let last = try await site.journal.lastCheckpoint()
      guard let checkpoint = made ?? last else {
        throw CommandFailure(.failure, "there is nothing to sign: the journal is empty")
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("signed", made != nil)
          $0.member("entry", checkpoint.number)
          $0.member("link", Hex.encode(checkpoint.link))
          $0.member("note", "\(checkpoint.position)")
          $0.member("made", checkpoint.made.iso8601)
          $0.member("publicKey", Hex.encode(checkpoint.publicKey))
        }
      } else {
        let word = made == nil ? "was signed already" : "signed"
        invocation.output.line("\(word) up to entry \(checkpoint.number)")
        invocation.output.line("note \(checkpoint.position)")
        invocation.output.line("public key \(Hex.encode(checkpoint.publicKey))")
      }
      return .done
    }
  }
}
