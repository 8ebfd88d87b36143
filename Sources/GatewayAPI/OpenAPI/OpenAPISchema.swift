import Documents

/// A JSON schema, as far as this interface needs one.
indirect enum OpenAPISchema: Sendable {
  case text(String)
  /// As long as the reader of bodies takes it.
  case claim(String)
  /// The same to look for, which must not be masked.
  case key(String)
  case pattern(String, String)
  case word([String])
  /// At most so many characters, and not empty.
  case sentence(Int, String)
  case integer(String)
  case number(String)
  case bounded(ClosedRange<Int>, String)
  case flag(String)
  case time(String)
  case date(String)
  case list(OpenAPISchema)
  case short(OpenAPISchema, most: Int)
  case reference(String)
  case either([OpenAPISchema])
  /// Also null.
  case optional(OpenAPISchema)
  /// An object whose members are described elsewhere.
  case open(String)
  case object([(name: String, schema: OpenAPISchema)], required: [String])
  /// Any of the names, each with such a value.
  case map(names: [String], OpenAPISchema, most: Int)
  /// At least one of the members has to be there.
  case needing([String], OpenAPISchema)

  /// All members are always there.
  static func whole(_ members: [(name: String, schema: OpenAPISchema)]) -> OpenAPISchema {
    .object(members, required: members.map(\.name))
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writeMembers(to: &$0) }
  }

  private func writeMembers(to writer: inout JSONWriter) {
    switch self {
    case .text(let description): Self.scalar("string", description, to: &writer)
    case .claim(let description):
      Self.scalar("string", description, to: &writer)
      writer.member("minLength", 1)
      writer.member("maxLength", BodyReader.longestText)
    case .key(let description):
      OpenAPISchema.claim(description).writeMembers(to: &writer)
      writer.member("pattern", "^[^*＊]+$")
    case .pattern(let pattern, let description):
      Self.scalar("string", description, to: &writer)
      writer.member("pattern", pattern)
    case .word(let words):
      writer.member("type", "string")
      writer.member("enum", words)
    case .sentence(let most, let description):
      Self.scalar("string", description, to: &writer)
      writer.member("minLength", 1)
      writer.member("maxLength", most)
    case .integer(let description): Self.scalar("integer", description, to: &writer)
    case .number(let description): Self.scalar("number", description, to: &writer)
    case .bounded(let range, let description):
      Self.scalar("integer", description, to: &writer)
      writer.member("minimum", range.lowerBound)
      writer.member("maximum", range.upperBound)
    case .flag(let description): Self.scalar("boolean", description, to: &writer)
    case .time(let description):
      Self.scalar("string", description, to: &writer)
      writer.member("format", "date-time")
    case .date(let description):
      Self.scalar("string", description, to: &writer)
      writer.member("format", "date")
    case .list(let element):
      writer.member("type", "array")
      writer.member("items") { element.write(to: &$0) }
    case .short(let element, let most):
      writer.member("type", "array")
      writer.member("items") { element.write(to: &$0) }
      writer.member("maxItems", most)
    case .reference(let name): writer.member("$ref", "#/components/schemas/\(name)")
    case .either(let schemas):
      writer.member("anyOf") { writer in
        writer.array { writer in for schema in schemas { schema.write(to: &writer) } }
      }
    case .optional(let schema):
      writer.member("anyOf") { writer in
        writer.array { writer in
          schema.write(to: &writer)
          writer.object { $0.member("type", "null") }
        }
      }
    case .open(let description):
      Self.scalar("object", description, to: &writer)
      writer.member("additionalProperties", true)
    case .object(let members, let required):
      writer.member("type", "object")
      writer.member("properties") { writer in
        writer.object { writer in
          for (name, schema) in members { writer.member(name) { schema.write(to: &$0) } }
        }
      }
      if !required.isEmpty { writer.member("required", required) }
      writer.member("additionalProperties", false)
    case .map(let names, let schema, let most):
      writer.member("type", "object")
      writer.member("propertyNames") { OpenAPISchema.word(names).write(to: &$0) }
      writer.member("additionalProperties") { schema.write(to: &$0) }
      writer.member("maxProperties", most)
    case .needing(let names, let schema):
      schema.writeMembers(to: &writer)
      writer.member("anyOf") { writer in
        writer.array { writer in
          for name in names { writer.object { $0.member("required", [name]) } }
        }
      }
    }
  }

  private static func scalar(_ type: String, _ description: String, to writer: inout JSONWriter) {
    writer.member("type", type)
    if !description.isEmpty { writer.member("description", description) }
  }
}
