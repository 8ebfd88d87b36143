import CivilTime
public import Exchanges
import SQLDatabase

/// Claims work and hands it to the handlers of its kinds, until its task is cancelled.
///
/// It never asks in a flat loop: it is woken when this process enqueues something, sleeps until the next item is due or the next lease has to be renewed, and
/// looks for what other processes did every ``Configuration/look``. What it held when it ends is given back; what a killed process held is taken over once its
/// lease has ended.
public struct WorkLoop: Sendable {
  public struct Configuration: Sendable {
    /// Items under way at once.
    public var concurrency = 16
    /// Of one lane.
    public var perLane = 4
    /// Of lanes that differ.
    public var lanes: [String: Int] = [:]
    /// How long nobody else takes over what this process holds. It is renewed each third of it.
    public var lease = Duration.seconds(20)
    /// The longest time without looking at the queue: what other processes enqueue or leave behind is found after that.
    public var look = Duration.seconds(5)
    public var failures = FailureRule()
    /// Before the queue is tried again when the database could not be used.
    public var storeBackoff = Backoff(first: 1, longest: 30)

    public init() {}
  }

  public enum Event: Sendable {
    /// Handed to a handler.
    case started(WorkLease)
    /// A handler threw: how it goes on with the item.
    case failed(WorkLease, WorkProblem, FailureRule.Verdict)
    /// A handler returned and had not ended its lease: it is parked.
    case abandoned(WorkLease)
    /// It was parked and not begun: so many holders in a row had vanished over it.
    case setAside(WorkLease, WorkProblem)
    /// Somebody else has taken it over; what this process was doing counts no more.
    case lost(WorkLease)
    /// The database could not be used, by the queue or for an item; so many times in a row.
    case storeFailed(WorkProblem, times: Int)
  }

  let queue: WorkQueue
  let handlers: [WorkKind: any WorkHandler]
  let configuration: Configuration
  let clock: WorkClock
  private let paused: @Sendable () -> Set<String>
  let report: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - paused: lanes of which nothing is begun for now. Asked each time before something is claimed.
  ///   - report: must not block.
  public init(
    _ queue: WorkQueue, handlers: [WorkKind: any WorkHandler], configuration: Configuration = Configuration(),
    clock: WorkClock = .system, paused: @escaping @Sendable () -> Set<String> = { [] },
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.queue = queue
    self.handlers = handlers
    self.configuration = configuration
    self.clock = clock
    self.paused = paused
    self.report = report
  }

  /// Returns when its task is cancelled and everything under way has ended.
  public func run() async {
    let desk = WorkDesk(configuration)
    let listener = queue.listen { desk.bell.ring() }
    defer { queue.stopListening(listener) }
    await withDiscardingTaskGroup { group in
      var failures = 0
      while !Task.isCancelled {
        for lease in await begin(desk) {
          if !lease.endsProcess { report(.started(lease)) }
          group.addTask { await perform(lease, desk) }
        }
        do {
          let wait = try await round(desk)
          failures = 0
          if let wait { await desk.bell.wait(wait, clock) }
        } catch is CancellationError {
          break
        } catch {
          failures += 1
          report(.storeFailed(WorkProblem(error), times: failures))
          let seconds = configuration.storeBackoff.delay(afterFailures: failures, fraction: clock.fraction())
          // Not by the bell: it rings as often as before.
          do { try await clock.sleep(.milliseconds(Int64(seconds * 1000))) } catch { break }
        }
      }
      await giveBack(desk.dropUnstarted(), wereBegun: false)
    }
  }

  /// Renews, then claims. Returns how long there is nothing to do; nil when something can begin.
  private func round(_ desk: WorkDesk) async throws -> Duration? {
    if let leases = desk.takeRenewal(at: clock.now()) {
      desk.lose(
        allBut: try await queue.renew(leases, lease: configuration.lease, now: clock.now()), of: leases
      )
      .forEach { report(.lost($0)) }
    }
    let now = clock.now()
    var sleep = configuration.look
    let (room, rooms, holding) = desk.rooms()
    if let pause = desk.pause(at: now, longest: configuration.storeBackoff.longest) {
      sleep = min(sleep, pause)
    } else if room > 0 {
      let kinds = Set(handlers.keys)
      let excluded = paused().union(rooms.filter { $0.value == 0 }.keys)
      let due = try await queue.nextDue(kinds: kinds, lanes: excluded, holding: holding, now: now)
      if let due, due <= now {
        let leases = try await queue.claim(
          kinds: kinds, lanes: excluded, limit: room, room: { desk.room($0, rooms) }, holding: holding,
          beginning: desk.beginning, lease: configuration.lease, now: now)
        desk.add(leases, at: now, configuration.lease)
        if !leases.isEmpty { return nil }
        // Another process was quicker, or a clock was set.
        sleep = min(sleep, .seconds(1))
      } else if let due {
        sleep = min(sleep, .milliseconds(due.milliseconds(since: now)))
      }
    }
    if let renewal = desk.untilRenewal(at: now) { sleep = min(sleep, renewal) }
    return max(sleep, .milliseconds(1))
  }
}
