import Policies

/// How one of the papers of 办电证照 came, by the word of a requirement's state in a verdict.
public struct OrderPaper: Hashable, Sendable {
  /// What it means for 办电证照资料共享率.
  public enum Way: Hashable, Sendable {
    /// From a platform: known already, asked for, sent by a partner department; or the applicant was recognised by face.
    case online
    /// A paper was handed in, now or earlier.
    case byHand
    /// Neither, so far.
    case lacking
    /// Nobody could tell.
    case unknown
    /// None is required.
    case notRequired
  }

  public let word: String
  public let way: Way

  public init(_ word: String) {
    self.word = word
    way =
      switch word {
      case "certificate", "fetched", "pushed", "face": .online
      case "material", "equivalent", "earlier-material": .byHand
      case "missing", "deferred": .lacking
      case "not-required": .notRequired
      default: .unknown
      }
  }

  /// The customer brought it with this application, which nothing undoes that is known later.
  private var wasBrought: Bool { word == "material" || word == "equivalent" }

  /// As it counts when this verdict follows that one.
  func following(_ earlier: OrderPaper?) -> OrderPaper {
    if let earlier, earlier.wasBrought { earlier } else { self }
  }

  /// As it counts when that verdict comes behind the connection: what was not there may still come, and nothing else is said otherwise.
  func filled(by later: OrderPaper) -> OrderPaper {
    let isOpen = way == .lacking || way == .unknown
    let hasCome = later.way == .online || later.way == .byHand
    return isOpen && hasCome ? later : self
  }
}

/// The three of them: 主体, 物业权属, 项目批文.
public struct OrderPapers: Hashable, Sendable {
  public var subject: OrderPaper
  public var property: OrderPaper
  public var project: OrderPaper

  public init(subject: OrderPaper, property: OrderPaper, project: OrderPaper) {
    self.subject = subject
    self.property = property
    self.project = project
  }

  /// nil where the verdict is about a later step, which asks for none of them again, or about a booking.
  init?(_ verdict: Verdict) {
    guard verdict.facts[.stage] == .word("application"),
      let subject = verdict.verdict(.subject), let property = verdict.verdict(.property),
      let project = verdict.verdict(.project)
    else { return nil }
    self.init(
      subject: OrderPaper(subject.state.word), property: OrderPaper(property.state.word),
      project: OrderPaper(project.state.word))
  }

  func following(_ earlier: OrderPapers?) -> OrderPapers {
    OrderPapers(
      subject: subject.following(earlier?.subject), property: property.following(earlier?.property),
      project: project.following(earlier?.project))
  }

  func filled(by later: OrderPapers) -> OrderPapers {
    OrderPapers(
      subject: subject.filled(by: later.subject), property: property.filled(by: later.property),
      project: project.filled(by: later.project))
  }

  var all: [(name: String, paper: OrderPaper)] {
    [("subject", subject), ("property", property), ("project", project)]
  }
}
