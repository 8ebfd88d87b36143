import Documents
import HTTPService

/// The server through which people and scripts direct the sandbox.
///
///     GET    /control/platforms        names, addresses, operations
///     GET    /control/calls            counts by platform and operation;  DELETE sets them to nought
///     GET    /control/faults           rules in force
///     POST   /control/faults           adds a rule, answers its id
///     DELETE /control/faults[?id=n]    removes one or all
///     …      /control/effects, /control/progress: see ``EffectControl``; /control/callback: see ``CallbackControl``; /control/send: see ``SendControl``
struct ControlServer: Sendable {
  let cores: [any PlatformCore]
  let effects: EffectControl
  let callbacks: CallbackControl
  let sending: SendControl
  let addresses: [(String, String)]
  let faults: FaultScript
  let ledger: CallLedger

  func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
    switch (request.method, request.path) {
    case ("GET", "/control/platforms"): return .json(platforms())
    case ("GET", "/control/calls"): return .json(calls())
    case ("DELETE", "/control/calls"):
      ledger.reset()
      return .json(calls())
    case ("GET", "/control/faults"): return .json(rules())
    case ("POST", "/control/faults"): return add(request.body)
    case ("DELETE", "/control/faults"): return remove(request)
    case (_, "/control/platforms"), (_, "/control/calls"), (_, "/control/faults"):
      return problem("this method is not for \(request.path)", status: 405)
    case (_, EffectControl.effects), (_, EffectControl.progress): return effects.respond(to: request)
    case (_, CallbackControl.callback): return await callbacks.respond(to: request)
    case (_, SendControl.path): return await sending.respond(to: request)
    default:
      return problem(
        "there is /control/platforms, /control/calls, /control/faults, \(EffectControl.effects), \(EffectControl.progress), \(CallbackControl.callback) and \(SendControl.path)",
        status: 404)
    }
  }

  private func add(_ body: [UInt8]) -> HTTPServerResponse {
    do {
      let document = try JSONDocument(parsing: body)
      guard let rule = FaultRule(json: document.root) else {
        return problem(
          "a rule is {\"fault\": one of \(FaultKind.words.joined(separator: ", ")); platform, operation, call or every "
            + "or probability, most, and seconds, poison, bytes, bytesPerSecond or retryAfter where the fault has one}",
          status: 400)
      }
      if let name = rule.platform {
        guard let core = cores.first(where: { $0.name == name }) else {
          return problem("the platforms are \(cores.map(\.name).joined(separator: ", "))", status: 400)
        }
        if let operation = rule.operation, !core.operations.contains(operation) {
          return problem("\(name) has \(core.operations.joined(separator: ", "))", status: 400)
        }
      }
      let id = faults.add(rule)
      var writer = JSONWriter()
      writer.object { $0.member("id", id) }
      return .json(writer.takeBytes(), status: 201)
    } catch {
      return problem("the body is not JSON: \(error.message)", status: 400)
    }
  }

  private func remove(_ request: HTTPServerRequest) -> HTTPServerResponse {
    guard !request.query.isEmpty else {
      faults.removeAll()
      return .json(rules())
    }
    guard let id = HTTPQuery(request.query)?["id"].flatMap({ Int($0) }), faults.remove(id) else {
      return problem("there is no rule of this id", status: 404)
    }
    return .json(rules())
  }

  private func platforms() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("platforms") { writer in
        writer.array { writer in
          for core in cores {
            writer.object { writer in
              writer.member("name", core.name)
              writer.member("title", core.title)
              writer.memberIfPresent("address", addresses.first { $0.0 == core.name }?.1)
              writer.member("operations", core.operations)
            }
          }
        }
      }
    }
    return writer.takeBytes()
  }

  private func calls() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      for core in cores {
        writer.member(core.name) { writer in
          writer.object { writer in
            for operation in core.operations + ["other"] {
              let count = ledger.count(core.name, operation)
              writer.member(operation) { ControlServer.write(count, to: &$0) }
            }
          }
        }
      }
    }
    return writer.takeBytes()
  }

  private static func write(_ count: CallCount, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("calls", count.calls)
      writer.member("succeeded", count.succeeded)
      writer.member("rows", count.rows)
      for (name, codes) in [("refused", count.refused), ("faulted", count.faulted)] {
        writer.member(name) { writer in
          writer.object { writer in
            for (code, number) in codes.sorted(by: { $0.key < $1.key }) { writer.member(code, number) }
          }
        }
      }
    }
  }

  private func rules() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("faults") { writer in
        writer.array { writer in
          for entry in faults.entries {
            writer.object { writer in
              writer.member("id", entry.id)
              writer.member("fault", entry.rule.kind.word)
              writer.memberIfPresent("platform", entry.rule.platform)
              writer.memberIfPresent("operation", entry.rule.operation)
              writer.member("matched", entry.matched)
              writer.member("struck", entry.struck)
            }
          }
        }
      }
    }
    return writer.takeBytes()
  }

  private func problem(_ text: String, status: Int) -> HTTPServerResponse { .problem(text, status: status) }
}

extension HTTPServerResponse {
  /// What is wrong with a request to the control server.
  static func problem(_ text: String, status: Int) -> HTTPServerResponse {
    var writer = JSONWriter()
    writer.object { $0.member("error", text) }
    return .json(writer.takeBytes(), status: status)
  }
}
