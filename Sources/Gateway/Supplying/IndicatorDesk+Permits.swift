import Applications
public import Permits
public import Registry
public import SQLDatabase
public import Supply

extension IndicatorDesk {
  /// Counts the orders of a site, with its permit cases.
  public init(_ database: Database, _ keys: RegistryKeys, _ permits: Permits) {
    precondition(Self.portion <= Permits.mostCourses)
    self.init(store: SupplyStore(database: database, keys: keys), calendar: permits.calendar) {
      numbers, projects, reader in
      try permits.courses(ofNumbers: numbers, projects: projects, reader).map { OrderCourse($0) }
    }
  }
}

extension OrderCourse {
  init(_ course: PermitCourse) {
    self.init(
      number: course.number, opened: course.opened, project: course.project,
      permits: course.items.map { Permit(item: $0.item.rawValue, standing: Standing($0)) },
      steps: course.steps)
  }
}

extension OrderCourse.Standing {
  init(_ item: PermitCourse.Item) {
    guard item.state.isPermitted else {
      self = item.state.isDecided ? .notGranted : .open
      return
    }
    self =
      switch item.permittedBy {
      case .platform, .inbound: .online
      // 补录.
      case .person: .byHand
      case nil: .open
      }
  }
}
