/// How an exchange ended.
public enum Outcome: String, CaseIterable, Sendable {
  /// The platform did what it was asked, by the success rule of its adapter.
  case succeeded
  /// The platform understood the request and declined it. Asking again unchanged will not help.
  case rejected
  /// Nothing happened at the platform, for certain; or, with the code `superseded`, it matters no more: another exchange of the push says what did.
  case failed
  /// Bytes left and no believable answer came: it may have happened or not. A push stays locked until its probe or a
  /// person answers.
  case unknown
}

/// What kind of trouble an exchange met. The class decides between retry, breaker, pause and quarantine.
public enum ErrorClass: String, CaseIterable, Sendable {
  /// The adapter, mapping or site configuration is wrong: a person has to change a file.
  case configuration
  /// A key, secret, token or certificate was refused or has run out.
  case credentials
  /// Too many calls: a rate, a concurrency limit or a daily quota.
  case rate
  /// Worth trying again by itself: time-outs, resets, overload.
  case transient
  /// The platform reports an error of its own, or breaks its protocol.
  case platform
  /// This record or request is at fault; others may go on.
  case data
  /// The shape of the answers changed: new fields or codes, sudden emptiness.
  case drift
}
