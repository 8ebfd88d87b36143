import Applications
import Documents

/// The message as the template writes it.
enum TemplateBody: Sendable {
  case json(JSONTemplate)
  case xml(ElementTemplate)
}

/// What is written where a value is absent.
enum TemplateAbsence: String, CaseIterable, Sendable {
  /// Neither the value nor its name.
  case omit
  /// JSON: the name with null.
  case null
  /// XML: the attribute or element without text.
  case empty
}

/// A value of a JSON message.
indirect enum JSONTemplate: Sendable {
  case value(TemplateValue)
  case object([JSONMember], condition: TemplateCondition?)
  /// One object or value for each element of a list of the record.
  case each(ListPath, JSONTemplate)
}

struct JSONMember: Sendable {
  let name: String
  let value: JSONTemplate
}

/// An element of an XML message.
struct ElementTemplate: Sendable {
  enum Content: Sendable {
    case text(TemplateValue)
    case children([ElementTemplate])
    case nothing
  }

  let name: String
  /// One such element for each element of a list of the record.
  let each: ListPath?
  let condition: TemplateCondition?
  let attributes: [(name: String, value: TemplateValue)]
  let content: Content
}

/// A list of the record: `attachments`.
struct ListPath: Sendable {
  let name: String
  let mark: YAMLMark
}

/// Rules of which the first that gives a value wins.
struct TemplateValue: Sendable {
  let rules: [TemplateRule]
}

/// Where a rule looks.
struct FieldPath: Sendable {
  let text: String
  /// Below the whole record, also inside `each`.
  let isOfRecord: Bool
  let field: ApplicationField
}

/// From where and how one value is made. What is nil or empty is not done; the order is that of the properties.
struct TemplateRule: Sendable {
  enum Source: Sendable {
    case constant(String)
    case field(FieldPath)
    /// The attachment's bytes as Base64.
    case content
  }

  /// How the value stands in JSON.
  enum JSONForm: String, CaseIterable, Sendable {
    case text, number, boolean
  }

  struct Codes: Sendable {
    let table: [String: String]
    let keepsUnknown: Bool
  }

  var condition: TemplateCondition?
  var source: Source
  var normalization: TextNormalization = []
  var codes: Codes?
  var date: DateForm?
  var unit: TemplateUnit?
  var otherwise: String?
  var isRequired = false
  var form = JSONForm.text
  /// For messages.
  var sourceText: String {
    switch source {
    case .constant: "a constant"
    case .field(let path): path.text
    case .content: "content"
    }
  }
}

/// A question to a record, answered yes or no; a value that is not there answers every test but `present` with no.
indirect enum TemplateCondition: Sendable {
  case test(FieldPath, FieldTest)
  case not(TemplateCondition)
  case all([TemplateCondition])
  case any([TemplateCondition])
}

enum FieldTest: Sendable {
  case isOneOf(Set<String>)
  /// Somewhere in the text.
  case matches(RegularExpression)
  case isPresent(Bool)
}
