import CivilTime
import Documents
import HTTPService
import Testing

@testable import GatewayAPI

/// Checks answers against the OpenAPI document: as much of JSON Schema as the document uses, and nothing it does not know passes.
struct SchemaCheck: Sendable {
  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }

  static let shared = SchemaCheck()

  let document: JSONDocument

  init() {
    do {
      document = try JSONDocument(parsing: OpenAPIDocument.bytes)
    } catch {
      fatalError("the document is not JSON: \(error)")
    }
  }

  func check(_ reply: Reply, of request: HTTPServerRequest) throws {
    guard let root = reply.document?.root else { return }
    if reply.headers["Content-Type"] == "application/problem+json" {
      return try check(root, reference("Refusal"), "problem")
    }
    guard case .found(let route, _) = APIRoute.router.match(request.method, request.path) else {
      throw Mismatch(description: "an answer from no route")
    }
    let operation = document.root["paths"]?[route.pattern]?[route.method.lowercased()]
    let answer = operation?["responses"]?[String(reply.status)]
    guard let content = answer?["content"]?["application/json"] else {
      throw Mismatch(description: "\(route.pattern) does not describe status \(reply.status)")
    }
    if let schema = content["schema"] { try check(root, schema, route.pattern) }
  }

  private func reference(_ name: String) throws -> JSONValue {
    guard let schema = document.root["components"]?["schemas"]?[name] else {
      throw Mismatch(description: "there is no schema \(name)")
    }
    return schema
  }

  func check(_ value: JSONValue, _ schema: JSONValue, _ path: String) throws {
    if let target = schema["$ref"]?.string {
      guard let name = target.split(separator: "/").last else { throw Mismatch(description: target) }
      return try check(value, reference(String(name)), path)
    }
    // Its members are described elsewhere.
    if schema["additionalProperties"]?.boolean == true, value.isObject { return }
    if let choices = schema["anyOf"] {
      for choice in choices.elements {
        do { return try check(value, choice, path) } catch is Mismatch { continue }
      }
      throw Mismatch(description: "\(path): none of the choices fits")
    }
    for (keyword, _) in schema.members
    where ![
      "type", "enum", "pattern", "format", "items", "properties", "required", "additionalProperties",
      "description",
    ]
    .contains(keyword) {
      throw Mismatch(description: "\(path): the keyword \(keyword) is not known to the check")
    }
    switch schema["type"]?.string {
    case "string":
      guard let text = value.string else { throw Mismatch(description: "\(path) is not a text") }
      if let words = schema["enum"], !words.elements.contains(where: { $0.string == text }) {
        throw Mismatch(description: "\(path) is none of the words")
      }
      if let pattern = schema["pattern"]?.string,
        try !RegularExpression(pattern).contains(text)
      {
        throw Mismatch(description: "\(path) does not fit \(pattern)")
      }
      switch schema["format"]?.string {
      case nil: break
      case "date": if CivilDate(iso: text) == nil { throw Mismatch(description: "\(path) is no date") }
      case "date-time":
        if Timestamp(iso8601: text) == nil { throw Mismatch(description: "\(path) is no time") }
      case let other: throw Mismatch(description: "\(path): format \(other ?? "")")
      }
    case "integer": if value.integer == nil { throw Mismatch(description: "\(path) is no integer") }
    case "number": if value.double == nil { throw Mismatch(description: "\(path) is no number") }
    case "boolean": if value.boolean == nil { throw Mismatch(description: "\(path) is no boolean") }
    case "null": if !value.isNull { throw Mismatch(description: "\(path) is not null") }
    case "array":
      guard value.isArray, let items = schema["items"] else {
        throw Mismatch(description: "\(path) is no list")
      }
      for (index, element) in value.elements.enumerated() { try check(element, items, "\(path)[\(index)]") }
    case "object": try checkObject(value, schema, path)
    default: throw Mismatch(description: "\(path): no type")
    }
  }

  private func checkObject(_ value: JSONValue, _ schema: JSONValue, _ path: String) throws {
    guard value.isObject else { throw Mismatch(description: "\(path) is no object") }
    for name in schema["required"]?.elements.map({ $0.string ?? "" }) ?? [] where value[name] == nil {
      throw Mismatch(description: "\(path) has no \(name)")
    }
    for (name, member) in value.members {
      if let inner = schema["properties"]?[name] {
        try check(member, inner, "\(path).\(name)")
      } else if let others = schema["additionalProperties"], others.isObject {
        try check(member, others, "\(path).\(name)")
      } else {
        throw Mismatch(description: "\(path).\(name) is not described")
      }
    }
  }
}
