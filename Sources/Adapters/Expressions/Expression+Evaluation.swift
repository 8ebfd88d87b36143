import Crypto
import Exchanges

extension Expression {
  /// Evaluates the formula for one call. Throws when a value does not fit the function (a key of the wrong length, a ciphertext that
  /// does not open): the message names the function, never the value.
  public func evaluate(_ scope: ValueScope) throws(AdapterError) -> Value {
    Value(type, try Self.bytes(of: root, scope))
  }

  private static func bytes(of node: Node, _ scope: ValueScope) throws(AdapterError) -> [UInt8] {
    switch node {
    case .literal(let text): return Array(text.utf8)
    case .count(let count): return Array(String(count).utf8)
    case .name(let name, _): return try scope.value(name).bytes
    case .join(let parts):
      var joined: [UInt8] = []
      for part in parts { joined += try bytes(of: part, scope) }
      return joined
    case .call(let name, let arguments, _):
      return try call(name, arguments, scope)
    }
  }

  private static func call(
    _ name: String, _ nodes: [Node], _ scope: ValueScope
  ) throws(AdapterError) -> [UInt8] {
    if name == "time" { return time(nodes, scope) }
    guard let function = ExpressionFunction.named[name] else { preconditionFailure("checked function") }
    var arguments: [ExpressionFunction.Argument] = []
    for (parameter, node) in zip(function.parameters, nodes) {
      switch (parameter, node) {
      case (.count, .count(let count)): arguments.append(.count(count))
      case (.word, _): arguments.append(.word(node.word ?? ""))
      default: arguments.append(.bytes(try bytes(of: node, scope)))
      }
    }
    do {
      return try function.apply(ExpressionFunction.Arguments(list: arguments), scope)
    } catch {
      let reason = (error as? CryptoError)?.message ?? "\(error)"
      throw AdapterError(
        .expression, .credentials, "\(name): \(reason)",
        remedy: "compare the connection's keys with what the platform issued, and the formula with its manual"
      )
    }
  }

  private static func time(_ nodes: [Node], _ scope: ValueScope) -> [UInt8] {
    guard let form = nodes.first?.word.flatMap(TimeForm.init) else { preconditionFailure("checked form") }
    return Array(form.text(scope.now).utf8)
  }
}
