import Applications
import Access
import Authorisations
import Certificates
import CivilTime
import Documents
import HTTPService
import Materials
import Registry
import Supply

extension GatewayAPI {
  static let noMaterial = APIProblem(.materialNotFound, "No material has this number.")
  static let noAuthorisation = APIProblem(.authorisationNotFound, "No authorisation has this number.")

  /// Answers what is asked about papers. The audit has what was looked for, and the certificates that a material was compared with.
  func look(
    _ question: PaperQuestion, for asker: SupplyAsker, at moment: Timestamp
  ) async throws -> CertificateLook {
    let (desk, counter) = (parts.supply, parts.supply.counter)
    switch question {
    case .materials(let form):
      let found = try await counter.materials.materials(of: form.holder, application: form.application)
      return Self.shown(question) { writer in
        writer.member("materials") { writer in
          writer.array { writer in
            for material in found { writer.object { PaperWriter.write(material, to: &$0) } }
          }
        }
      }
    case .material(let id):
      let material = try await counter.materials.material(id)
      return Self.shown(question) { PaperWriter.write(material, to: &$0) }
    case .verify(let id):
      let verified = try await desk.verify(id, for: asker, at: moment)
      var look = Self.shown(question) { PaperWriter.write(verified.material, to: &$0) }
      (look.certificates, look.keys) = (verified.certificates, verified.keys)
      return look
    case .file(let id):
      let file = try await counter.materials.file(of: id)
      // What people upload is never run as a page of ours.
      let response = HTTPServerResponse(
        status: 200,
        headers: [
          "Content-Type": "application/octet-stream", "Cache-Control": "no-store",
          "X-Content-Type-Options": "nosniff",
          "Content-Disposition": "attachment; filename=material-\(id)",
        ], body: .bytes(file.bytes))
      var look = CertificateLook(response: response, certificates: [], item: question.item)
      look.revealed = ["material[\(id)].file"]
      return look
    case .authorisations(let form):
      let found = try await counter.authorisations.authorisations(
        of: form.holder, application: form.application)
      return Self.shown(question) { writer in
        writer.member("authorisations") { writer in
          writer.array { writer in
            for one in found { writer.object { PaperWriter.write(one, at: moment, to: &$0) } }
          }
        }
      }
    case .authorisation(let id):
      let authorisation = try await counter.authorisations.authorisation(id)
      return Self.shown(question) { PaperWriter.write(authorisation, at: moment, to: &$0) }
    }
  }

  private static func shown(
    _ question: PaperQuestion, _ body: (inout JSONWriter) -> Void
  ) -> CertificateLook {
    CertificateLook(response: json(body), certificates: [], item: question.item)
  }

  /// The call is in the audit already.
  func carryOut(
    _ change: PaperChange, by name: String, _ consumer: Consumer, _ call: APICall
  ) async throws -> HTTPServerResponse {
    let (counter, now) = (parts.supply.counter, call.now)
    switch change {
    case .handIn(var form, let id):
      if let id { form = form.for(try await parts.supply.store.number(of: id)) }
      let (material, isNew) = try await counter.handIn(
        form.material(through: consumer.name, by: name), at: now)
      return Self.json { writer in
        PaperWriter.write(material, to: &writer)
        writer.member("new", isNew)
      }
    case .withdraw(let id, let reason):
      let material = try await counter.withdraw(id, by: try call.signOff(name, reason), at: now)
      return Self.json { PaperWriter.write(material, to: &$0) }
    case .authorise(let form):
      let (authorisation, isNew) = try await counter.authorise(
        form.authorisation(through: consumer.name, by: name), at: now)
      return Self.json { writer in
        PaperWriter.write(authorisation, at: now, to: &writer)
        writer.member("new", isNew)
      }
    case .revoke(let id, let reason):
      let authorisation = try await counter.revoke(id, by: try call.signOff(name, reason), at: now)
      return Self.json { PaperWriter.write(authorisation, at: now, to: &$0) }
    }
  }
}
