import CivilTime
import Exchanges
import SQLDatabase

extension WorkLoop {
  /// Takes what is to be begun now, once it is written down that it is: a process that vanishes has vanished over these, and over nothing that only lay at hand.
  func begin(_ desk: WorkDesk) async -> [WorkLease] {
    guard desk.pause(at: clock.now(), longest: configuration.storeBackoff.longest) == nil else { return [] }
    let started = desk.start()
    // What began with its claim is written down already.
    let late = started.filter { !$0.isBegun }
    guard !late.isEmpty else { return started }
    do {
      let held = try await queue.begin(late, now: clock.now())
      let lost = late.filter { !held.contains($0) }
      for lease in lost {
        desk.end(lease.turn)
        report(.lost(lease))
      }
      return started.filter { !lost.contains($0) }
    } catch {
      for lease in late { desk.end(lease.turn) }
      await wait(late, error, desk)
      return started.filter(\.isBegun)
    }
  }

  /// Does one item and sees that its lease has ended. What cannot be stored is left to whoever takes the lease over.
  func perform(_ lease: WorkLease, _ desk: WorkDesk) async {
    defer { desk.end(lease.turn) }
    guard let handler = handlers[lease.kind], let lost = desk.bell(of: lease.turn) else {
      preconditionFailure("\(lease) was claimed without a handler, or never begun")
    }
    guard !lease.endsProcess else {
      await setAside(lease, handler)
      return
    }
    do {
      let isOurs = try await withThrowingTaskGroup(of: Result<Bool, any Error>.self) { group in
        group.addTask {
          do {
            try await handler.perform(lease)
            return .success(true)
          } catch {
            return .failure(error)
          }
        }
        group.addTask {
          await lost.wait()
          return .success(false)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { return true }
        if case .success(false) = first, !Task.isCancelled {
          group.cancelAll()
          // It ends before its place is given to another.
          let end = try await group.next()
          // What it had just stored it held until then.
          if case .success(true) = end { return true }
          return false
        }
        if case .success(false) = first {
          // The program stops; the handler has been told.
          return try await group.next()?.get() ?? true
        }
        return try first.get()
      }
      guard isOurs else {
        report(.lost(lease))
        return
      }
      try await parkIfHeld(lease, handler)
      desk.noteSuccess()
    } catch let error as DatabaseError where error.isOfStore {
      await wait([lease], error, desk)
    } catch {
      await fail(lease, error, handler)
    }
  }

  private func parkIfHeld(_ lease: WorkLease, _ handler: any WorkHandler) async throws {
    let (queue, now) = (queue, clock.now())
    let problem = WorkProblem(
      code: "work-not-ended", errorClass: .configuration,
      message: "the handler returned and did not say what became of the item",
      remedy: "this is a mistake of the program: look at what was stored, then release or cancel the item")
    let isParked = try await queue.database.writeRegardless { transaction in
      guard try queue.isHeld(lease, in: transaction) else { return false }
      try queue.park(lease, problem, in: transaction, now: now)
      try handler.parked(lease, problem, in: transaction, now: now)
      return true
    }
    if isParked { report(.abandoned(lease)) }
  }

  /// Begun once more, it would end this process too, and what else is under way in it.
  private func setAside(_ lease: WorkLease, _ handler: any WorkHandler) async {
    let (queue, now) = (queue, clock.now())
    let problem = WorkProblem.endsProcess(after: lease.vanished)
    do {
      try await queue.database.writeRegardless { transaction in
        try queue.park(lease, problem, in: transaction, now: now)
        try handler.parked(lease, problem, in: transaction, now: now)
      }
      report(.setAside(lease, problem))
    } catch let error as WorkError where error.code == .leaseLost {
      report(.lost(lease))
    } catch {
      // Taken over when its lease ends, and not begun then either.
      report(.storeFailed(WorkProblem(error), times: 1))
    }
  }

  /// The items are as good as before: they wait until the database can be used, and that uses up no attempt.
  private func wait(_ leases: [WorkLease], _ error: any Error, _ desk: WorkDesk) async {
    let (queue, now) = (queue, clock.now())
    let (times, resume) = desk.noteStoreFailure(at: now) {
      configuration.storeBackoff.delay(afterFailures: $0, fraction: clock.fraction())
    }
    do {
      let lost = try await queue.database.writeRegardless { transaction in
        try leases.filter { lease in
          guard try queue.isHeld(lease, in: transaction) else { return true }
          try queue.snooze(lease, until: resume, isSettled: false, in: transaction, now: now)
          return false
        }
      }
      if lost.count < leases.count { report(.storeFailed(WorkProblem(error), times: times)) }
      for lease in lost { report(.lost(lease)) }
    } catch {
      // Taken over when its lease ends.
      report(.storeFailed(WorkProblem(error), times: times))
    }
  }

  private func fail(_ lease: WorkLease, _ error: any Error, _ handler: any WorkHandler) async {
    if let error = error as? WorkError, error.code == .leaseLost {
      report(.lost(lease))
      return
    }
    if error is CancellationError, Task.isCancelled {
      await giveBack([lease], wereBegun: true)
      return
    }
    let (queue, now) = (queue, clock.now())
    let problem = handler.problem(of: error)
    let verdict = configuration.failures.judge(
      problem, attempt: lease.attempt, fraction: clock.fraction(), now: now)
    do {
      try await queue.database.writeRegardless { transaction in
        switch verdict {
        case .retry(let time):
          try queue.retry(lease, at: time, problem, isSettled: false, in: transaction, now: now)
        case .snooze(let time):
          try queue.snooze(lease, until: time, isSettled: false, in: transaction, now: now)
        case .park:
          try queue.park(lease, problem, in: transaction, now: now)
          try handler.parked(lease, problem, in: transaction, now: now)
        }
      }
      report(.failed(lease, problem, verdict))
    } catch let error as WorkError where error.code == .leaseLost {
      report(.lost(lease))
    } catch {
      report(.storeFailed(WorkProblem(error), times: 1))
    }
  }

  /// Lets others do at once what this process has not done, without using up an attempt.
  func giveBack(_ leases: [WorkLease], wereBegun: Bool) async {
    guard !leases.isEmpty else { return }
    let (queue, now) = (queue, clock.now())
    do {
      try await queue.database.writeRegardless { transaction in
        for lease in leases where try queue.isHeld(lease, in: transaction) {
          try queue.giveBack(lease, wasBegun: wereBegun, in: transaction, now: now)
        }
      }
    } catch {
      // They are taken over when the leases end.
      report(.storeFailed(WorkProblem(error), times: 1))
    }
  }
}
