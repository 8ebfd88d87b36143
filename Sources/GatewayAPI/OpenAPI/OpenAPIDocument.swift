import Access
import Documents

/// The interface described by OpenAPI 3.1, made from the same table as the router.
enum OpenAPIDocument {
  /// Made once.
  static let bytes: [UInt8] = {
    var writer = JSONWriter(layout: .pretty(indent: 2), reservingCapacity: 64 << 10)
    writer.object { writer in
      writer.member("openapi", "3.1.0")
      writer.member("info") { writer in
        writer.object { writer in
          writer.member("title", "Zhengdian 政电")
          writer.member("version", "1")
          writer.member("summary", "Certificates of government platforms, with the proof attached")
          writer.member(
            "description",
            "Every call on certificates names its purpose and its operator and is recorded before it is answered. "
              + "Records are masked; a purpose may allow some fields to be shown whole. Numbers, codes and names never stand in an address."
          )
          writer.member("license") { writer in
            writer.object { writer in
              writer.member("name", "Apache-2.0")
              writer.member("identifier", "Apache-2.0")
            }
          }
        }
      }
      writer.member("paths") { writer in writer.object { writePaths(to: &$0) } }
      writer.member("components") { writer in
        writer.object { writer in
          writer.member("securitySchemes") { writer in
            writer.object { writer in
              writer.member("consumerKey") { writer in
                writer.object { writer in
                  writer.member("type", "http")
                  writer.member("scheme", "bearer")
                  writer.member("description", "The consumer's key.")
                }
              }
            }
          }
          writer.member("responses") { writer in
            writer.object { writer in
              writer.member("Problem") { writer in
                writer.object { writer in
                  writer.member("description", "Why it was not answered (RFC 9457). `code` is stable.")
                  content("application/problem+json", schema: "Refusal", to: &writer)
                }
              }
            }
          }
          writer.member("schemas") { OpenAPISchemas.write(to: &$0) }
        }
      }
    }
    return writer.takeBytes()
  }()

  private static func writePaths(to writer: inout JSONWriter) {
    var patterns: [String] = []
    for route in APIRoute.all where !patterns.contains(route.pattern) { patterns.append(route.pattern) }
    for pattern in patterns {
      writer.member(pattern) { writer in
        writer.object { writer in
          for route in APIRoute.all where route.pattern == pattern {
            writer.member(route.method.lowercased()) { writer in writer.object { write(route, to: &$0) } }
          }
        }
      }
    }
    writer.member(GatewayAPI.inboundPattern) { writer in writer.object { writeInbound(to: &$0) } }
  }

  /// What platforms call: who they are, what they say and what they are answered is in their manifests, so that no schema tells it.
  private static func writeInbound(to writer: inout JSONWriter) {
    writer.member("post") { writer in
      writer.object { writer in
        writer.member("operationId", "receiveInbound")
        writer.member("summary", "A platform tells how far something is that was handed in")
        writer.member(
          "description",
          "For platforms, not for consumers: how a call shows who it is, its form and its answers are declared in the platform's manifest (docs/reference/inbound.md). The same call again gets the same answer."
        )
        writer.member("security") { $0.array { _ in } }
        writer.member("parameters") { writer in
          writer.array { writer in
            for (name, text) in [
              ("platform", "The name that the site gives the platform."),
              ("operation", "An operation of the kind `inbound` of its manifest."),
            ] {
              writer.object { writer in
                writer.member("name", name)
                writer.member("in", "path")
                writer.member("required", true)
                writer.member("description", text)
                writer.member("schema") { $0.object { $0.member("type", "string") } }
              }
            }
          }
        }
        writer.member("requestBody") { writer in
          writer.object { writer in
            writer.member("description", "JSON, XML or a form, as the manifest says.")
            writer.member("content") { writer in
              writer.object { writer in
                for type in ["application/json", "application/xml", "application/x-www-form-urlencoded"] {
                  writer.member(type) { $0.object { _ in } }
                }
              }
            }
          }
        }
        writer.member("responses") { writer in
          writer.object { writer in
            writer.member("200") { writer in
              writer.object {
                $0.member(
                  "description",
                  "As the manifest's `answers` say, also of what was refused unless they name another status."
                )
              }
            }
            writer.member("default") { writer in
              writer.object { $0.member("$ref", "#/components/responses/Problem") }
            }
          }
        }
      }
    }
  }

  private static func write(_ route: APIRoute, to writer: inout JSONWriter) {
    writer.member("operationId", route.operation.rawValue)
    writer.member("summary", route.summary)
    switch route.access {
    case .open: writer.member("security") { $0.array { _ in } }
    case .consumer(let scope), .certificates(let scope, _), .decision(let scope, _):
      writer.member("description", "Scope: `\(scope.rawValue)`.")
      writer.member("security") { writer in
        writer.array { writer in
          writer.object { writer in
            writer.member("consumerKey") { $0.array { _ in } }
          }
        }
      }
    }
    let parameters = OpenAPIParameter.of(route)
    if !parameters.isEmpty {
      writer.member("parameters") { writer in
        writer.array { writer in
          for parameter in parameters { parameter.write(to: &writer) }
        }
      }
    }
    if let schema = route.operation.requestSchema {
      writer.member("requestBody") { writer in
        writer.object { writer in
          // A project that tells everything needs nothing beyond it.
          writer.member("required", route.operation != .convertProject)
          content("application/json", schema: schema, to: &writer)
        }
      }
    }
    writer.member("responses") { writer in
      writer.object { writer in
        writeAnswer(of: route.operation, to: &writer)
        writer.member("default") { writer in
          writer.object { $0.member("$ref", "#/components/responses/Problem") }
        }
      }
    }
  }

  private static func writeAnswer(of operation: APIRoute.Operation, to writer: inout JSONWriter) {
    writer.member("200") { writer in
      writer.object { writer in
        writer.member("description", operation.answerDescription)
        if let schema = operation.answerSchema {
          content("application/json", schema: schema, to: &writer)
        } else {
          writer.member("content") { writer in
            writer.object { writer in
              writer.member(operation.answerType) {
                $0.object { _ in }
              }
            }
          }
        }
      }
    }
    if operation == .getReadiness {
      writer.member("503") { writer in
        writer.object { writer in
          writer.member("description", "Not ready; `problem` says why.")
          content("application/json", schema: "Health", to: &writer)
        }
      }
    }
  }

  private static func content(_ type: String, schema: String, to writer: inout JSONWriter) {
    writer.member("content") { writer in
      writer.object { writer in
        writer.member(type) { writer in
          writer.object { writer in
            writer.member("schema") { writer in
              writer.object { $0.member("$ref", "#/components/schemas/\(schema)") }
            }
          }
        }
      }
    }
  }
}

extension APIRoute.Operation {
  var requestSchema: String? {
    switch self {
    case .searchCertificates: "SearchRequest"
    case .matchCertificates: "MatchRequest"
    case .acknowledgeIncident: "AcknowledgeRequest"
    case .closeIncident: "CloseRequest"
    case .dismissDisagreement: "DismissRequest"
    case .signPush: "SignRequest"
    case .planReplay: "PlanRequest"
    case .retryPush, .cancelPush, .approveReplay, .startReplay, .stopReplay, .cancelReplay, .releaseWork,
      .cancelWork:
      "DecisionRequest"
    case .openPermitCase: "PermitForm"
    case .enterPermitEvent: "PermitEventRequest"
    case .supplementPermit: "PermitSupplementRequest"
    case .withdrawPermit: "PermitWithdrawRequest"
    case .retryPermit: "PermitRetryRequest"
    case .evaluateSupply: "SupplyForm"
    case .searchMaterials, .searchAuthorisations: "HolderRequest"
    case .handInMaterial: "MaterialForm"
    case .handInSupplyMaterial: "SupplyMaterialForm"
    case .giveAuthorisation: "AuthorisationForm"
    case .withdrawMaterial, .revokeAuthorisation: "DecisionRequest"
    case .connectSupply: "ConnectedRequest"
    case .findProject: "ProjectQuestion"
    case .convertProject: "ProjectConversion"
    case .createSubscription: "SubscribeRequest"
    case .resumeSubscription: "ResumeRequest"
    default: nil
    }
  }

  var answerSchema: String? {
    switch self {
    case .searchCertificates: "SearchAnswer"
    case .matchCertificates: "MatchAnswer"
    case .getCertificate: "Certificate"
    case .getCertificateHistory: "History"
    case .getCertificateEvidence: "Evidence"
    case .listPlatforms: "Platforms"
    case .listExchanges: "Exchanges"
    case .getExchange: "Exchange"
    case .listIncidents: "Incidents"
    case .getIncident, .acknowledgeIncident, .closeIncident: "Incident"
    case .listDisagreements: "Disagreements"
    case .dismissDisagreement: "Disagreement"
    case .listPushes: "Pushes"
    case .getPush: "PushWithHistory"
    case .signPush, .retryPush, .cancelPush: "Push"
    case .planReplay: "ReplayPlan"
    case .listReplays: "Replays"
    case .getReplay: "ReplayWithHistory"
    case .listReplayDifferences: "ReplayDifferences"
    case .approveReplay, .startReplay, .stopReplay, .cancelReplay: "Replay"
    case .listWork: "WorkItems"
    case .getWork, .releaseWork, .cancelWork: "WorkItem"
    case .listPermitCases: "PermitCases"
    case .openPermitCase, .getPermitCase, .enterPermitEvent, .supplementPermit, .withdrawPermit, .retryPermit:
      "PermitCase"
    case .evaluateSupply, .getSupply, .convertProject: "SignedVerdict"
    case .handInMaterial, .handInSupplyMaterial, .getMaterial, .verifyMaterial, .withdrawMaterial: "Material"
    case .searchMaterials: "Materials"
    case .giveAuthorisation, .getAuthorisation, .revokeAuthorisation: "Authorisation"
    case .searchAuthorisations: "Authorisations"
    case .connectSupply: "ArchiveStanding"
    case .listProjects: "Projects"
    case .findProject, .getProject: "Project"
    case .listIndicators: "Indicators"
    case .listIndicatorOrders: "IndicatorOrders"
    case .listChanges: "Changes"
    case .listSubscriptions: "Subscriptions"
    case .createSubscription: "NewSubscription"
    case .deleteSubscription, .resumeSubscription: "Subscription"
    case .getLiveness, .getReadiness: "Health"
    case .getMetrics, .getOpenAPI, .getReplayEvents, .getPermitBoard, .getMaterialFile, .getSupplyArchive,
      .getIndicatorTable:
      nil
    }
  }

  /// Of answers that no schema describes.
  fileprivate var answerType: String {
    switch self {
    case .getMetrics: "text/plain"
    case .getReplayEvents: "text/event-stream"
    case .getPermitBoard, .getIndicatorTable: "text/csv"
    case .getMaterialFile: "application/octet-stream"
    case .getSupplyArchive: "application/zip"
    default: "application/json"
    }
  }

  var answerDescription: String {
    switch self {
    case .searchCertificates: "The certificates found, the newest change first."
    case .matchCertificates: "What agrees and what does not, for each certificate found."
    case .getCertificate: "The certificate, masked, with its standing."
    case .getCertificateHistory: "Observations, oldest first; those with a version made one."
    case .getCertificateEvidence: "Exchange, place in its message, mapping and adapter."
    case .listPlatforms: "All platforms of this site."
    case .listExchanges: "Exchanges, newest first."
    case .getExchange: "The exchange."
    case .listIncidents: "Incidents, the newest number first; without `state` those that are not closed."
    case .getIncident, .acknowledgeIncident, .closeIncident: "The incident as it stands now."
    case .listDisagreements:
      "Disagreements, the newest number first; without `state` those that are not over. What is said is not shown."
    case .dismissDisagreement: "The disagreement as it stands now."
    case .listPushes: "Pushes, newest first."
    case .getPush: "The push, with its history, oldest first."
    case .signPush, .retryPush, .cancelPush: "The push as it stands now."
    case .planReplay: "The plan, and what it means. Nothing has been called or changed."
    case .listReplays: "Replays, newest first."
    case .getReplay: "The replay, with its history and the first 1,000 items that failed."
    case .listReplayDifferences:
      "The records that the items of one page would change, compared with what is stored now. Without values."
    case .getReplayEvents:
      "An event `replay` with the members of a replay now and each time it has moved on, until it is completed or cancelled."
    case .approveReplay, .startReplay, .stopReplay, .cancelReplay: "The replay as it stands now."
    case .listWork: "Items in the order of enqueueing; without `state` those that have not ended."
    case .getWork, .releaseWork, .cancelWork: "The item as it stands now."
    case .listPermitCases: "Cases, newest first."
    case .getPermitBoard:
      "A line of names, then one for the latest attempt at each item that is handed in, and one for each step of the utility's own process. RFC 4180, UTF-8."
    case .getPermitCase: "The case with each attempt at its items; `account` and `beliefs` with `explain`."
    case .openPermitCase: "The case as it begins; the one that is there where the same was sent before."
    case .enterPermitEvent, .supplementPermit, .withdrawPermit, .retryPermit: "The case as it stands now."
    case .evaluateSupply: "The verdict, signed and kept."
    case .getSupply: "The latest verdict on the application, or the one of `version`, as it was signed."
    case .handInMaterial, .handInSupplyMaterial:
      "The material as it is kept; `new` is false where it was kept already."
    case .searchMaterials: "What was not taken back, the latest first, whether or not it still holds."
    case .getMaterial, .withdrawMaterial: "The material as it stands now."
    case .getMaterialFile: "The bytes of the file."
    case .verifyMaterial: "The material with its `check`."
    case .giveAuthorisation: "The authorisation as it is kept; `new` is false where it was kept already."
    case .searchAuthorisations: "All that is kept, the latest first, whether or not it still holds."
    case .getAuthorisation, .revokeAuthorisation: "The authorisation as it stands now."
    case .connectSupply: "The note, and by when the archive has to be whole."
    case .getSupplyArchive: "A ZIP archive; docs/reference/archive.md has what is in it."
    case .listProjects: "Projects, newest first."
    case .findProject, .getProject:
      "The project, its permits, its parts and those it may be the same as; of people masked."
    case .convertProject:
      "The verdict on the application it became, signed and kept; once more the latest on the same application."
    case .listIndicators:
      "The figures, group by group; what is open, unknown, entered late or outside stands beside each rate and is not in it."
    case .getIndicatorTable: "A line of names, then one for each figure of each group. RFC 4180, UTF-8."
    case .listIndicatorOrders:
      "The orders in the order of their moments, each with its outcome and reasons; without `outcome` all that the figure is about."
    case .listChanges: "Changes, oldest first, and the number to go on behind."
    case .listSubscriptions: "The consumer's own, in the order in which they were made."
    case .createSubscription: "The subscription with its secret, which is never shown again."
    case .deleteSubscription: "The subscription as it was."
    case .resumeSubscription: "The subscription as it stands now."
    case .getMetrics: "Prometheus text."
    case .getLiveness: "The process answers."
    case .getReadiness: "Ready."
    case .getOpenAPI: "This document."
    }
  }
}
