import Exchanges

/// How far one pull has come: pure, small, and stored with each page's records so that a crash resumes at the next page.
///
/// It is also the proof of completeness. A pull is complete only when the platform's own declaration is met; any other end throws,
/// the window stays open and its watermark does not move.
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

  public init() {}

  /// The number to ask for as `page.number`.
  public func pageNumber(_ paging: Paging) -> Int { paging.first + pages }

  /// Takes one page into account.
  ///
  /// Throws when the page shows that the pull cannot be complete. The progress is then unchanged.
  public mutating func advance(_ paging: Paging, with page: PageFacts) throws(AdapterError) -> Step {
    if page.rows > 0, pages > 0, !page.digest.isEmpty, page.digest == lastDigest {
      throw incomplete(paging, "page \(pages + 1) repeats the page before it")
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
        throw incomplete(paging, "no end after \(paging.most) pages")
      }
      if let next = after.next, next == self.next {
        throw incomplete(paging, "page \(after.pages) names itself as the next page")
      }
    }
    self = after
    return step
  }

  private func step(_ paging: Paging, with page: PageFacts) throws(AdapterError) -> Step {
    let step: Step
    switch paging.style {
    case .none: step = .complete
    case .cursor: step = page.cursor == nil || page.more == false ? .complete : .more
    case .link: step = page.next == nil || page.more == false ? .complete : .more
    case .page, .offset: step = try countedStep(paging, with: page)
    }
    guard step == .complete else { return step }
    if let declared, rows < declared {
      throw incomplete(paging, "\(rows) of \(declared) declared rows have come and the platform ends")
    }
    if page.more == true, paging.style == .none || paging.style == .page || paging.style == .offset {
      throw incomplete(
        paging, "the platform says there is more, and this is the last page it can be asked for")
    }
    return step
  }

  /// Pages by number or offset carry no word for the next one: the declaration decides, and without it a short or empty page.
  private func countedStep(_ paging: Paging, with page: PageFacts) throws(AdapterError) -> Step {
    if let more = page.more { return more ? .more : .complete }
    if let declared {
      if rows >= declared { return .complete }
      guard page.rows > 0 else {
        throw incomplete(paging, "page \(pages) is empty after \(rows) of \(declared) declared rows")
      }
      return .more
    }
    if let declaredPages = page.pages { return pages >= declaredPages ? .complete : .more }
    switch paging.end {
    case .shortPage: return page.rows < paging.size ? .complete : .more
    case .emptyPage: return page.rows == 0 ? .complete : .more
    case nil:
      throw AdapterError(
        .paging, .configuration, "nothing tells where the pages end",
        remedy: "declare envelope.total, pages or more, or paging.end")
    }
  }

  private func incomplete(_ paging: Paging, _ message: String) -> AdapterError {
    AdapterError(
      .paging, .data, message,
      remedy:
        "the window stays open and is pulled again; if it happens again, ask the platform why its pages do not add up"
    )
  }
}
