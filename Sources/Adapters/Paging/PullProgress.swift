public import CivilTime
import Exchanges

/// How far one pull has come: pure, small, and stored with the pages' records so that after a crash the pull goes on behind the last stored page.
///
/// It is also the proof of completeness. A pull is complete only when the platform's own declaration is met; any other end throws,
/// the window stays open, its watermark does not move, and it is pulled again from its first page: pages that do not add up have moved under us.
public struct PullProgress: Hashable, Sendable {
  public enum Step: Hashable, Sendable {
    case more
    case complete
  }

  /// Pages taken so far.
  public var pages = 0
  /// Rows taken so far.
  public var rows = 0
  /// Where the next page is: the platform's word or address, for the styles that have one.
  public var next: String?
  /// The largest total the platform declared.
  public var declared: Int?
  /// Digest of the last page that had rows.
  public var lastDigest: [UInt8] = []
  /// When the first page was asked for; nil before.
  public var begun: Timestamp?

  public init() {}

  /// The number to ask for as `page.number`.
  public func pageNumber(_ paging: Paging) -> Int { paging.first + pages }

  /// Whether the stored pages are too old to go on behind them at `time`, or of an age that nothing tells, since the clock was set back behind their beginning.
  public func isStale(_ paging: Paging, at time: Timestamp) -> Bool {
    guard pages > 0 else { return false }
    guard let begun else { return true }
    return !(0...Int64(paging.resume) * 1000).contains(time.milliseconds(since: begun))
  }

  /// Takes one page into account.
  ///
  /// Throws when the page shows that the pull cannot be complete. The progress is then unchanged.
  public mutating func advance(_ paging: Paging, with page: PageFacts) throws(AdapterError) -> Step {
    if page.rows > 0, pages > 0, !page.digest.isEmpty, page.digest == lastDigest {
      throw incomplete("page \(pages + 1) repeats the page before it")
    }
    var after = self
    after.pages += 1
    after.rows += page.rows
    after.next = page.cursor ?? page.next
    if let total = page.total { after.declared = max(declared ?? 0, total) }
    if page.rows > 0 { after.lastDigest = page.digest }
    let step = try after.step(paging, with: page)
    if step == .more {
      guard after.pages < paging.most else {
        throw incomplete("no end after \(paging.most) pages")
      }
      if let next = after.next, next == self.next {
        throw incomplete("page \(after.pages) names itself as the next page")
      }
    }
    self = after
    return step
  }

  private func step(_ paging: Paging, with page: PageFacts) throws(AdapterError) -> Step {
    let goesOn = try goesOn(paging, with: page)
    if let declared, rows > declared {
      throw incomplete("\(rows) rows have come and only \(declared) are declared")
    }
    if goesOn { return .more }
    try requireAll(paging, with: page)
    return .complete
  }

  /// Whether another page has to be asked for, by what the platform says; never a guess.
  private func goesOn(_ paging: Paging, with page: PageFacts) throws(AdapterError) -> Bool {
    if page.saysEmpty { return false }
    switch paging.style {
    case .none: return false
    case .cursor: return try goesOn(to: page.cursor, more: page.more)
    case .link: return try goesOn(to: page.next, more: page.more)
    case .page, .offset: return try countedPageGoesOn(paging, with: page)
    }
  }

  private func goesOn(to next: String?, more: Bool?) throws(AdapterError) -> Bool {
    if more == true, next == nil {
      throw incomplete("page \(pages) says there is more and does not say where")
    }
    return next != nil && more != false
  }

  /// Pages by number or offset carry no word for the next one: the declaration decides, and without it a short or empty page.
  private func countedPageGoesOn(_ paging: Paging, with page: PageFacts) throws(AdapterError) -> Bool {
    let goesOn: Bool
    let declaration: String
    if let more = page.more {
      (goesOn, declaration) = (more, "and the platform says there is more")
    } else if let declared {
      (goesOn, declaration) = (rows < declared, "after \(rows) of \(declared) declared rows")
    } else if let declaredPages = page.pages {
      (goesOn, declaration) = (pages < declaredPages, "and \(declaredPages) pages are declared")
    } else {
      switch paging.end {
      case .shortPage: return page.rows >= paging.size
      case .emptyPage: return page.rows > 0
      case nil:
        throw AdapterError(
          .paging, .configuration, "nothing tells where the pages end",
          remedy: "declare envelope.total, pages or more, or paging.end")
      }
    }
    if goesOn, page.rows == 0 { throw incomplete("page \(pages) is empty \(declaration)") }
    return goesOn
  }

  /// The end must agree with everything the platform has declared on the way.
  private func requireAll(_ paging: Paging, with page: PageFacts) throws(AdapterError) {
    if let declared, rows < declared {
      throw incomplete("\(rows) of \(declared) declared rows have come and the platform ends")
    }
    if paging.style == .none, page.more == true {
      throw incomplete(
        "the platform says there is more, and this is the only page it can be asked for")
    }
    if let declaredPages = page.pages, pages < declaredPages {
      throw incomplete("\(pages) of \(declaredPages) declared pages have come and the platform ends")
    }
  }

  private func incomplete(_ message: String) -> AdapterError {
    AdapterError(
      .paging, .data, message,
      remedy:
        "the next run starts the window over; if it happens again, ask the platform why its pages do not add up"
    )
  }
}
