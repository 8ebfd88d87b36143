public import CivilTime

/// An application as it counts: what is kept of it beside its form, in the open.
public struct OrderEntry: Hashable, Sendable {
  /// A moment, when it was learned, and whether another one was said before.
  public struct Moment: Hashable, Sendable {
    public var happened: Timestamp
    public var learned: Timestamp
    public var isChanged: Bool

    public init(_ happened: Timestamp, learned: Timestamp, isChanged: Bool = false) {
      self.happened = happened
      self.learned = learned
      self.isChanged = isChanged
    }
  }

  /// What a booking is limited by, and since when.
  public struct Booking: Hashable, Sendable {
    public var requested: Moment
    /// The number under which the text of its limits is kept.
    public var limits: Int64

    public init(requested: Moment, limits: Int64) {
      self.requested = requested
      self.limits = limits
    }
  }

  public var application: SupplyApplicationID
  /// The utility's own number of it.
  public var number: String
  /// Area code.
  public var region: String
  public var channel: SupplyChannel?
  /// Another one was said before.
  public var isChannelChanged: Bool
  /// nil: an earlier version learned it, or nobody says one.
  public var channelLearned: Timestamp?
  public var business: String?
  public var customer: String?
  /// It was never more than a booking.
  public var isBooking: Bool
  /// Of the booking that it was before the customer applied with the same number.
  public var booking: Booking?
  public var applied: Moment
  public var connected: Moment?
  /// When its archive was found whole.
  public var archived: Timestamp?
  /// Up to when cases of the project are its own, where an earlier version found its archive whole; nil: until the connection was noted.
  public var casesUntil: Timestamp?
  public var papers: OrderPapers?
  /// Which limits: the number under which their text is kept.
  public var limits: Int64?
  /// A keyed digest of its project's code.
  public var project: [UInt8]?
  public var permits: PermitNeed
  /// Those with the same are of one customer, address and business, one soon after the other.
  public var chain: Int64?

  public init(
    application: SupplyApplicationID, number: String, region: String, channel: SupplyChannel? = nil,
    isChannelChanged: Bool = false, channelLearned: Timestamp? = nil, business: String? = "new",
    customer: String? = nil, isBooking: Bool = false, booking: Booking? = nil, applied: Moment,
    connected: Moment? = nil,
    archived: Timestamp? = nil, casesUntil: Timestamp? = nil, papers: OrderPapers? = nil,
    limits: Int64? = nil, project: [UInt8]? = nil, permits: PermitNeed = .unknown, chain: Int64? = nil
  ) {
    self.application = application
    self.number = number
    self.region = region
    self.channel = channel
    self.isChannelChanged = isChannelChanged
    self.channelLearned = channelLearned
    self.business = business
    self.customer = customer
    self.isBooking = isBooking
    self.booking = booking
    self.applied = applied
    self.connected = connected
    self.archived = archived
    self.casesUntil = casesUntil
    self.papers = papers
    self.limits = limits
    self.project = project
    self.permits = permits
    self.chain = chain
  }
}
