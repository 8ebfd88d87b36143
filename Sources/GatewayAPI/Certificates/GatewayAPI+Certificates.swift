import Access
import Certificates
import CivilTime
import Documents
import HTTPService
import Registry
import Supply
import Sync

/// What a look showed, for the audit, and the answer that waits for it.
struct CertificateLook: Sendable {
  var response: HTTPServerResponse
  /// The certificates that were shown or compared.
  var certificates: [CertificateID]
  /// What was looked for, where that shows only on the way.
  var keys: [LookupKey] = []
  /// What it is about, where nothing else was said.
  var item: String?
  /// What was shown whole besides fields.
  var revealed: [String] = []
}

extension GatewayAPI {
  /// Answers a call on certificates. Whatever becomes of it, a row is in the audit before anything leaves; without the row nothing is answered.
  func certificateAnswer(
    _ call: APICall, _ consumer: Consumer, _ scope: Scope, _ action: AccessAction,
    _ parameters: RouteParameters
  ) async throws -> HTTPServerResponse {
    let facts = CallFacts(call.request, consumer)
    var entry = AccessEntry(
      time: call.now, consumer: consumer.name, operator: facts.operatorName, purpose: facts.purposeName,
      item: facts.item, action: action, outcome: .answered, requestID: call.requestID)
    do {
      try require(scope, of: consumer)
      if let problem = facts.problem { throw problem }
      guard let purpose = facts.purpose else { preconditionFailure("a call without problem has a purpose") }
      let today = call.now.civil(offsetSeconds: UTCOffset.china).date
      let question = try CertificateQuestion.read(
        action, call.request, parameters, largestBody: parts.largestBody, today: today)
      entry.keys = question.keys
      if let id = question.certificate { entry.certificates = [id] }
      try allow(question.reveal, consumer, purpose)
      // A scan shows all that stands on the paper.
      if case .papers(.file) = question { try requireReveal(consumer) }
      if case .archive(_, _, withFiles: true) = question { try allowFiles(consumer, purpose) }
      entry.revealed = question.reveal.map(\.path)
      let prepared = entry
      return try await withDeadline(parts.deadline) {
        let asker = SupplyAsker(
          purpose: purpose.name, operator: facts.operatorName, item: facts.item, requestID: call.requestID)
        let look = try await self.look(question, today, for: asker, at: call.now)
        var entry = prepared
        entry.certificates = look.certificates
        if entry.keys.isEmpty { entry.keys = look.keys }
        if entry.item == nil { entry.item = look.item }
        entry.revealed += look.revealed
        entry.hits = look.certificates.count
        try await self.record(entry)
        return look.response
      }
    } catch {
      let problem = APIProblem(error)
      // A look that could not be recorded is not tried to be recorded as something else.
      guard problem.code != .auditUnavailable else { throw problem }
      entry.code = problem.code.rawValue
      entry.outcome = AccessOutcome(problem.code)
      entry.revealed = []
      let refusal = entry
      try await withDeadline(parts.deadline) { try await self.record(refusal) }
      throw problem
    }
  }

  func record(_ entry: AccessEntry) async throws {
    do {
      _ = try await audit.record(entry)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      var problem = APIProblem(
        .auditUnavailable, "Nothing is shown that is not recorded. Ask again in a moment.")
      problem.retryAfter = 1
      problem.cause = APIProblem(error).cause
      throw problem
    }
  }

  private func allow(_ reveal: [Field], _ consumer: Consumer, _ purpose: Purpose) throws(APIProblem) {
    guard !reveal.isEmpty else { return }
    try requireReveal(consumer)
    if let field = reveal.first(where: { !purpose.reveal.contains($0) }) {
      throw APIProblem(
        .revealNotAllowed, "The purpose '\(purpose.name)' does not allow to see \(field.path) whole.")
    }
  }

  func requireReveal(_ consumer: Consumer) throws(APIProblem) {
    guard consumer.has(.certificatesReveal) else {
      throw APIProblem(.revealNotAllowed, "The scope '\(Scope.certificatesReveal.rawValue)' is needed.")
    }
  }

  private func look(
    _ question: CertificateQuestion, _ today: CivilDate, for asker: SupplyAsker, at moment: Timestamp
  ) async throws -> CertificateLook {
    switch question {
    case .search(let search): try await find(search, today)
    case .match(let match): try await compare(match, today)
    case .read(let id, let reveal): try await show(id, Set(reveal), today)
    case .history(let id, let reveal): try await history(id, Set(reveal))
    case .evidence(let id, let prove): try await evidence(id, prove: prove)
    case .supply(let form): try await evaluate(form, for: asker, at: moment)
    case .verdict(let id, let version): try await verdict(id, version, at: moment)
    case .papers(let question): try await look(question, for: asker, at: moment)
    case .archive(let id, let reveal, let withFiles):
      try await archive(id, Set(reveal), withFiles: withFiles, at: moment)
    case .findProject(let code): try await find(code)
    case .project(let id): try await show(id)
    case .convert(let id, let conversion): try await convert(id, conversion, for: asker, at: moment)
    }
  }

  private func find(_ search: CertificateSearch, _ today: CivilDate) async throws -> CertificateLook {
    var found = try await parts.registry.certificates(
      matching: search.keys, kinds: search.kinds, limit: search.limit + 1)
    let hasMore = found.count > search.limit
    if hasMore { found.removeLast() }
    let staleness = try await parts.incidents.staleness(parts.registry)
    let reveal = Set(search.reveal)
    let response = Self.json { writer in
      writer.member("certificates") { writer in
        writer.array { writer in
          for certificate in found {
            writer.object {
              CertificateWriter.write(
                certificate, staleSince: staleness.since(of: certificate), revealing: reveal, on: today,
                to: &$0)
            }
          }
        }
      }
      writer.member("more", hasMore)
    }
    return CertificateLook(response: response, certificates: found.map(\.id))
  }

  private func show(_ id: CertificateID, _ reveal: Set<Field>, _ today: CivilDate) async throws
    -> CertificateLook
  {
    guard let certificate = try await parts.registry.certificate(id) else { throw Self.noCertificate }
    let stale = try await parts.incidents.staleness(parts.registry).since(of: certificate)
    let response = Self.json {
      CertificateWriter.write(certificate, staleSince: stale, revealing: reveal, on: today, to: &$0)
    }
    return CertificateLook(response: response, certificates: [id])
  }

  private func history(_ id: CertificateID, _ reveal: Set<Field>) async throws -> CertificateLook {
    let observations = try await parts.registry.observations(of: id)
    guard !observations.isEmpty else { throw Self.noCertificate }
    let response = Self.json { writer in
      writer.member("id", id.rawValue)
      writer.member("observations") { writer in
        writer.array { writer in
          var last: CertificateRecord?
          for observation in observations {
            writer.object { CertificateWriter.write(observation, since: last, revealing: reveal, to: &$0) }
            if observation.version != nil { last = observation.record }
          }
        }
      }
    }
    return CertificateLook(response: response, certificates: [id])
  }

  static let noCertificate = APIProblem(.certificateNotFound, "No certificate has this id.")
}

extension CertificateQuestion {
  /// The one that was asked for by its id.
  var certificate: CertificateID? {
    switch self {
    case .search, .match, .supply, .verdict, .papers, .archive, .findProject, .project, .convert: nil
    case .read(let id, _), .history(let id, _), .evidence(let id, _): id
    }
  }
}

extension AccessOutcome {
  init(_ code: ProblemCode) {
    switch code.status {
    case 403: self = .refused
    case 404: self = .notFound
    case 400, 413, 415: self = code == .headerMissing || code == .headerInvalid ? .refused : .invalid
    default: self = .failed
    }
  }
}
