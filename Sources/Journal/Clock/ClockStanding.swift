public import CivilTime

/// How far a clock that people can set is to be believed, by one that nobody sets: how long the machine has been up. Pure.
///
/// A clock that goes back by more than an hour stands behind until it shows again what it had reached: what is written down meanwhile is younger than it looks. One
/// that shows more than a day beyond what can have gone by has leapt: the machine was off for long, or the clock is wrong, and nothing but time or a person tells
/// which. It is believed again when it has gone on for three days of running, or has been set right.
public struct ClockStanding: Hashable, Sendable {
  /// Milliseconds by which a clock may be set without a word.
  static let slack: Int64 = 3_600_000
  /// Milliseconds by which it may be beyond what has surely gone by: machines are off at night.
  static let leap: Int64 = 86_400_000
  /// Milliseconds of running until a clock that has leapt is believed.
  static let trial: Int64 = 3 * 86_400_000
  /// Milliseconds for which a machine may be off without its trial beginning anew: its clock shows that so much has gone by, and that may be.
  static let rest: Int64 = 31 * 86_400_000
  /// Milliseconds before a step was seen from which on the clock may have been wrong: it is not looked at all the time.
  static let margin: Int64 = 600_000

  /// What it showed in `began...ended` is really later, by `shift` milliseconds.
  public struct Behind: Hashable, Sendable {
    public var began: Timestamp
    public var ended: Timestamp
    public let shift: Int64
  }

  /// What it showed when it was last looked at.
  public internal(set) var moment: Timestamp
  /// How long the machine had been up then, in milliseconds; `Int64.max` where nobody on this machine saw it.
  public internal(set) var uptime: Int64
  /// Which start of the machine that was; empty where nobody knows: then it was another one.
  public internal(set) var boot: String
  /// The latest that it can be believed to have been by then.
  public internal(set) var reached: Timestamp
  /// Milliseconds of running until a clock that has leapt is believed; nil: it is.
  public internal(set) var doubt: Int64?
  /// While it stands behind.
  public internal(set) var behind: Behind?
  /// It was seen just now for the first time that it stands so behind.
  public private(set) var isBehindAnew = false

  public init(moment: Timestamp, uptime: Int64, boot: String, reached: Timestamp? = nil) {
    self.moment = moment
    self.uptime = uptime
    self.boot = boot
    self.reached = reached ?? moment
  }

  init(
    moment: Timestamp, uptime: Int64, boot: String, reached: Timestamp, doubt: Int64?, behind: Behind?
  ) {
    self.init(moment: moment, uptime: uptime, boot: boot, reached: reached)
    self.doubt = doubt
    self.behind = behind
  }

  /// Milliseconds by which it shows more than can have gone by.
  public var ahead: Int64 { moment.milliseconds(since: reached) }

  /// Looks at the clock.
  ///
  /// - Parameters:
  ///   - uptime: milliseconds the machine has been up.
  ///   - boot: which start of the machine this is; empty where nobody knows.
  /// - Returns: what it has stood behind until now, where that is over.
  public mutating func look(at now: Timestamp, uptime: Int64, boot: String) -> Behind? {
    // Another machine, or another start of this one, may have been up for longer, and how long it was off nobody knows.
    let isSameRun = !boot.isEmpty && boot == self.boot && uptime >= self.uptime
    let elapsed = isSameRun ? uptime - self.uptime : 0
    let goesOn = isSameRun && abs(now.milliseconds(since: moment) - elapsed) <= Self.slack
    reached = reached.advanced(byMilliseconds: elapsed)
    var over: Behind?
    isBehindAnew = false
    if now.milliseconds(since: reached) < -Self.slack {
      if var behind, goesOn {
        behind.ended = now
        self.behind = behind
      } else {
        over = behind
        let since = (isSameRun ? elapsed : uptime) + Self.margin
        behind = Behind(
          began: now.advanced(byMilliseconds: -since), ended: now, shift: reached.milliseconds(since: now))
        isBehindAnew = true
      }
      // What it had leapt to is not where it stands.
      doubt = nil
    } else {
      if var behind {
        // It went on behind until it was set right, at the latest just now.
        behind.ended = moment.advanced(byMilliseconds: (isSameRun ? elapsed : 0) + Self.margin)
        over = behind
        self.behind = nil
      }
      judge(now, elapsed: elapsed, goesOn: goesOn, isNewRun: !isSameRun)
    }
    moment = now
    self.uptime = uptime
    self.boot = boot
    return over
  }

  private mutating func judge(_ now: Timestamp, elapsed: Int64, goesOn: Bool, isNewRun: Bool) {
    if now.milliseconds(since: reached) <= Self.leap {
      doubt = nil
      reached = max(reached, now)
    } else if let left = doubt, goesOn {
      doubt = left - elapsed
      if left <= elapsed { confirm(at: now) }
    } else if doubt != nil, isNewRun, (-Self.leap...Self.rest).contains(now.milliseconds(since: moment)) {
      // Started again, with a clock that may have gone on: what was left is left.
    } else {
      doubt = Self.trial
    }
  }

  /// A person says that it is right.
  mutating func confirm(at now: Timestamp) {
    (doubt, behind, reached, isBehindAnew) = (nil, nil, now, false)
  }
}
