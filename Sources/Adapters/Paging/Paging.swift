/// How an operation's pages are asked for, and what proves that all have come.
public struct Paging: Hashable, Sendable {
  public enum Style: String, CaseIterable, Sendable {
    /// One answer holds everything.
    case none
    /// By page number.
    case page
    /// By number of rows to skip.
    case offset
    /// By a word the platform gives with each page.
    case cursor
    /// By an address the platform gives with each page.
    case link
  }

  /// What ends a pull when the platform declares nothing.
  public enum End: String, CaseIterable, Sendable {
    case shortPage = "short-page"
    case emptyPage = "empty-page"
  }

  public var style = Style.none
  /// Number of the first page.
  public var first = 1
  /// Rows asked for in a page.
  public var size = 100
  public var end: End?
  /// More pages than this are taken for a platform running in circles.
  public var most = 100_000
  /// Seconds after its first page for which a broken pull goes on behind its last stored page; after that it starts over, since cursors end and numbered
  /// pages move.
  public var resume = 86_400

  public init(
    style: Style = .none, first: Int = 1, size: Int = 100, end: End? = nil, most: Int = 100_000,
    resume: Int = 86_400
  ) {
    self.style = style
    self.first = first
    self.size = size
    self.end = end
    self.most = most
    self.resume = resume
  }
}

/// What one page says about itself and about the whole.
public struct PageFacts: Hashable, Sendable {
  /// Rows in this page.
  public var rows: Int
  /// Rows there are in all, as the platform declares.
  public var total: Int?
  /// Pages there are in all, as the platform declares.
  public var pages: Int?
  /// The word for the next page; nil when there is none.
  public var cursor: String?
  /// The address of the next page; nil when there is none.
  public var next: String?
  /// "There is more", as the platform declares.
  public var more: Bool?
  /// The platform says "nothing found" in place of a page; such an answer declares no counts.
  public var saysEmpty: Bool
  /// Digest of the page's rows, to see a platform that serves the same page again.
  public var digest: [UInt8]

  public init(
    rows: Int, total: Int? = nil, pages: Int? = nil, cursor: String? = nil, next: String? = nil,
    more: Bool? = nil, saysEmpty: Bool = false, digest: [UInt8] = []
  ) {
    self.rows = rows
    self.total = total
    self.pages = pages
    self.cursor = cursor
    self.next = next
    self.more = more
    self.saysEmpty = saysEmpty
    self.digest = digest
  }
}
