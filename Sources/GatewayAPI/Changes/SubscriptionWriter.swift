import Changes
import CivilTime
public import Documents
import Exchanges
public import Notifications

/// Writes subscriptions as the outside sees them: the same members in the API and on the command line. Never the secret.
public enum SubscriptionWriter {
  /// - Parameter url: nil where it was not opened.
  public static func write(_ subscription: Subscription, url: String?, to writer: inout JSONWriter) {
    writer.member("id", subscription.id.rawValue)
    writer.member("consumer", subscription.consumer)
    writer.member("url", url)
    writer.member("kinds") { writer in
      guard let kinds = subscription.kinds else { return writer.null() }
      let words = kinds.map(\.rawValue) + subscription.unrecognizedKinds
      writer.array { for word in words.sorted() { $0.string(word) } }
    }
    writer.member("state", subscription.state.rawValue)
    writer.member("created", subscription.created.iso8601)
    writer.member("delivered", subscription.delivered)
    writer.member("deliveredAt", subscription.deliveredAt?.iso8601)
    writer.member("failures", subscription.failures)
    writer.member("failingSince", subscription.failingSince?.iso8601)
    writer.member("skipped", subscription.skipped)
    writer.member("problem", subscription.problemCode)
    writer.member("problemClass", subscription.problemClass?.rawValue)
    writer.member("problemMessage", subscription.problemMessage)
  }
}
