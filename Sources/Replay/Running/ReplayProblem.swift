import Exchanges
import Pushing
import Sync

/// Why one thing could not be repeated.
struct ReplayProblem {
  let code: String
  let errorClass: ErrorClass

  init(_ error: any Error) {
    switch error {
    case let error as PushError: (code, errorClass) = (error.code.rawValue, .data)
    case let failure as ReplayFailure: (code, errorClass) = (failure.problem.code, failure.problem.errorClass)
    default:
      let problem = SyncProblem(error)
      (code, errorClass) = (problem.code, problem.errorClass)
    }
  }
}

/// What ended a re-fetch early.
struct ReplayFailure: Error {
  let problem: SyncProblem
}
