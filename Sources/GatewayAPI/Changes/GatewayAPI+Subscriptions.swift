import Access
import Changes
import Documents
import HTTPService
import Notifications

/// What a consumer asks for when it subscribes.
struct SubscriptionDraft: Sendable {
  let url: String
  /// nil: all that it may see.
  let kinds: [ChangeKind]?

  init?(_ body: BodyReader) {
    let kinds = body.words("kinds", among: ChangeKind.allCases.map(\.rawValue))
    if let kinds, kinds.isEmpty { body.fault("kinds", "must have at least one word, or not be there") }
    guard let url = body.text("url", most: 2_000) else {
      if !body.has("url") { body.fault("url", "is needed") }
      return nil
    }
    self.url = url
    self.kinds = kinds.map { $0.compactMap { ChangeKind(rawValue: $0) } }
  }
}

extension GatewayAPI {
  static let noSubscription = APIProblem(
    .subscriptionNotFound, "The consumer has no subscription of this number.")

  func listSubscriptions(
    _ request: HTTPServerRequest, _ consumer: Consumer
  ) async throws -> HTTPServerResponse {
    _ = try QueryReader(request, known: [])
    var found: [(subscription: Subscription, url: String)] = []
    for subscription in try await parts.subscriptions.list(of: consumer.name) {
      found.append((subscription, try await parts.subscriptions.url(of: subscription.id)))
    }
    return Self.json { writer in
      writer.member("subscriptions") { writer in
        writer.array { writer in
          for (subscription, url) in found {
            writer.object { SubscriptionWriter.write(subscription, url: url, to: &$0) }
          }
        }
      }
    }
  }

  func subscribe(_ draft: SubscriptionDraft, _ consumer: Consumer) async throws -> HTTPServerResponse {
    for kind in draft.kinds ?? [] { try Self.require(kind, of: consumer) }
    let (subscription, secret) = try await parts.subscriptions.create(
      for: consumer.name, url: draft.url, kinds: draft.kinds.map(Set.init))
    return Self.json { writer in
      SubscriptionWriter.write(subscription, url: draft.url, to: &writer)
      writer.member("secret", secret.text)
    }
  }

  func answer(_ subscription: Subscription) async throws -> HTTPServerResponse {
    let url = try await parts.subscriptions.url(of: subscription.id)
    return Self.json { SubscriptionWriter.write(subscription, url: url, to: &$0) }
  }
}
