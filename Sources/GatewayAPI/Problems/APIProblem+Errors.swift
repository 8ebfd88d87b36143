import Authorisations
import Changes
import Exchanges
import Journal
import Materials
import Notifications
import Permits
import Pushing
import Registry
import Replay
import SQLDatabase
import Supply
import Sync
import Work

extension APIProblem {
  /// What went wrong below, in words for the outside. The cause goes to the log only.
  init(_ error: any Error) {
    switch error {
    case let problem as APIProblem:
      self = problem
    case let error as RegistryError where error.code == .unreadable:
      self.init(
        .recordUnreadable,
        "One of the records that should be shown does not open. Nothing is shown; the operator has to look.")
      cause = error.code.rawValue
    case let error as RegistryError where error.code == .wrongState:
      self.init(.stateConflict, error.message)
    case let error as IncidentError:
      switch error.code {
      case .notFound: self.init(.incidentNotFound, "No incident has this number.")
      case .wrongState: self.init(.stateConflict, error.message)
      case .unreadable:
        self.init(.recordUnreadable, "What was noted to an incident does not open. The operator has to look.")
      }
      cause = error.code.rawValue
    case let error as SignOffError:
      self.init(.bodyInvalid, "\(error.message).")
      cause = error.code.rawValue
    case let error as PushError:
      self.init(error)
    case let error as ReplayError:
      self.init(error)
    case let error as WorkError:
      self.init(error)
    case let error as PermitError:
      self.init(error)
    case let error as SupplyError:
      self.init(error)
    case let error as MaterialError:
      self.init(error)
    case let error as AuthorisationError:
      self.init(error)
    case let error as SupplyFormError:
      self.init(
        .bodyInvalid, "What the project does not tell has to be given, and what is given has to be right.")
      faults = error.faults.map { Fault(pointer: $0.pointer, message: $0.message) }
    case let error as ReserveError:
      self.init(error)
    case let error as ChangeError:
      let code: ProblemCode =
        switch error.code {
        case .gone: .changesGone
        case .ahead: .changesAhead
        default: .internalFailure
        }
      self.init(code, "\(error.message); \(error.remedy).")
      cause = error.code.rawValue
    case let error as SubscriptionError:
      self.init(error)
    case let error as JournalError:
      self.init(.recordUnreadable, "The exchange behind the record cannot be read. The operator has to look.")
      cause = "journal-\(error.code.rawValue)"
    case let error as DatabaseError where !error.isConstraint && error.code != .statement:
      self.init(.databaseUnavailable, "Ask again in a moment.")
      retryAfter = 1
      cause = "database-\(error.code.rawValue)"
    case let error as DatabaseError:
      self.init(.internalFailure, "The operator finds the request by its id.")
      cause = "database-\(error.code.rawValue)"
    case let error as RegistryError:
      self.init(.internalFailure, "The operator finds the request by its id.")
      cause = error.code.rawValue
    case is CancellationError:
      self.init(.timeout, "The request was given up.")
      cause = "cancelled"
    default:
      self.init(.internalFailure, "The operator finds the request by its id.")
      cause = String(describing: type(of: error))
    }
  }

  private init(_ error: PushError) {
    switch error.code {
    case .notFound: self.init(.pushNotFound, "No push has this number.")
    case .notNow, .noRoute, .erased: self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .unfit: self.init(.bodyInvalid, "\(error.message).")
    case .unreadable: self.init(.recordUnreadable, "The push does not open. The operator has to look.")
    }
    cause = error.code.rawValue
  }

  private init(_ error: PermitError) {
    switch error.code {
    case .notFound: self = GatewayAPI.noPermit
    case .unfit, .noRule: self.init(.permitUnfit, "\(error.message); \(error.remedy).")
    case .notNow, .numberTaken, .held, .notTaken, .notAtWindow, .erased:
      self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .unreadable: self.init(.recordUnreadable, "The case does not open. The operator has to look.")
    }
    cause = error.code.rawValue
  }

  private init(_ error: SupplyError) {
    switch error.code {
    case .notFound: self = GatewayAPI.noSupply
    case .erased: self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .unfit, .noRule: self.init(.supplyUnfit, "\(error.message); \(error.remedy).")
    case .numberTaken, .overtaken: self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .unreadable: self.init(.recordUnreadable, "The verdict does not open. The operator has to look.")
    }
    cause = error.code.rawValue
  }

  private init(_ error: MaterialError) {
    switch error.code {
    case .notFound: self = GatewayAPI.noMaterial
    case .unfit: self.init(.materialUnfit, "\(error.message); \(error.remedy).")
    case .differs, .erased: self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .unreadable: self.init(.recordUnreadable, "The material does not open. The operator has to look.")
    }
    cause = error.code.rawValue
  }

  private init(_ error: AuthorisationError) {
    switch error.code {
    case .notFound: self = GatewayAPI.noAuthorisation
    case .unfit: self.init(.authorisationUnfit, "\(error.message); \(error.remedy).")
    case .erased: self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .unreadable:
      self.init(.recordUnreadable, "The authorisation does not open. The operator has to look.")
    }
    cause = error.code.rawValue
  }

  private init(_ error: ReserveError) {
    switch error.code {
    case .notFound: self = GatewayAPI.noProject
    case .erased, .withdrawn, .joined: self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .unfit: self.init(.bodyInvalid, "\(error.message).")
    case .unreadable: self.init(.recordUnreadable, "The project does not open. The operator has to look.")
    }
    cause = error.code.rawValue
  }

  private init(_ error: WorkError) {
    switch error.code {
    case .notFound: self.init(.workNotFound, "No item of the work queue has this number.")
    case .leased, .wrongState, .decidedElsewhere:
      self.init(.stateConflict, error.message + (error.remedy.isEmpty ? "." : "; \(error.remedy)."))
    default: self.init(.internalFailure, "The operator finds the request by its id.")
    }
    cause = error.code.rawValue
  }

  private init(_ error: ReplayError) {
    switch error.code {
    case .notFound: self.init(.replayNotFound, "No replay has this number.")
    case .notNow: self.init(.stateConflict, "\(error.message).")
    case .changed: self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .approval: self.init(.approvalNeeded, "\(error.message); \(error.remedy).")
    case .unfit: self.init(.replayUnfit, "\(error.message).")
    case .unreadable: self.init(.recordUnreadable, "The replay does not open. The operator has to look.")
    }
    cause = error.code.rawValue
  }

  private init(_ error: SubscriptionError) {
    switch error.code {
    case .notFound: self = GatewayAPI.noSubscription
    case .notNow: self.init(.stateConflict, "\(error.message); \(error.remedy).")
    case .unfit: self.init(.subscriptionUnfit, "\(error.message); \(error.remedy).")
    case .unreadable:
      self.init(.recordUnreadable, "The subscription does not open. The operator has to look.")
    }
    cause = error.code.rawValue
  }

  static func tooLate(_ deadline: Duration) -> APIProblem {
    var problem = APIProblem(
      .timeout, "There was no answer within \(deadline.components.seconds) s. Ask again in a moment.")
    problem.retryAfter = 1
    return problem
  }
}
