import Certificates
import Documents

/// Entities that take their rows from the same place: each row is offered to all of them.
struct RowGroup: Sendable {
  let rows: RowSelector
  var entities: [EntityPlan]
}

/// How rows of one kind become records.
struct EntityPlan: Sendable {
  let name: String
  let kind: CertificateKind
  let contract: Contract
  let condition: Condition?
  let joins: [JoinPlan]
  /// In the order of the schema.
  let fields: [FieldPlan]
  let holders: [HolderPlan]
  let mark: YAMLMark
  /// The places of the row that some rule, condition or join reads.
  let read: ReadPlaces

  init(
    name: String, kind: CertificateKind, contract: Contract, condition: Condition?, joins: [JoinPlan],
    fields: [FieldPlan], holders: [HolderPlan], mark: YAMLMark
  ) {
    self.name = name
    self.kind = kind
    self.contract = contract
    self.condition = condition
    self.joins = joins
    self.fields = fields
    self.holders = holders
    self.mark = mark
    read = ReadPlaces(condition, joins, fields, holders)
  }
}

/// How rows of another table are found for a row.
struct JoinPlan: Sendable {
  enum Expectation: String, CaseIterable, Sendable {
    /// Exactly one.
    case one
    /// None or one.
    case optional
    /// At least one.
    case some
    case any
  }

  let name: String
  let rows: RowSelector
  let rowKeys: [ValuePath]
  /// The join before this one looks at the same places of the row.
  var hasKeyOfPrevious = false
  let siblingKeys: [ValuePath]
  let expectation: Expectation
  let order: ValuePath?
}

/// A rule for holders: each node of its source gives one.
struct HolderPlan: Sendable {
  enum Source: Sendable {
    case row
    case join(Int)
    /// Children of the row.
    case each(NodePath)
    /// The parts of a text, which the holder's fields name `$`.
    case parts(SharedRule, separator: String)
  }

  let source: Source
  let condition: Condition?
  let fields: [FieldPlan]
}

/// The rules for one field: the first that gives a value wins.
struct FieldPlan: Sendable {
  let field: Field
  let rules: [SharedRule]
}
