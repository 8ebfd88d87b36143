/// Why a request was not answered as asked. The raw value is the stable code of the answer; titles are for people.
public enum ProblemCode: String, CaseIterable, Sendable {
  case notFound = "not-found"
  case methodNotAllowed = "method-not-allowed"
  case unauthenticated
  case scopeMissing = "scope-missing"
  case headerMissing = "header-missing"
  case headerInvalid = "header-invalid"
  case purposeNotAllowed = "purpose-not-allowed"
  case revealNotAllowed = "reveal-not-allowed"
  case queryInvalid = "query-invalid"
  case mediaType = "media-type"
  case bodyTooLarge = "body-too-large"
  case bodyMalformed = "body-malformed"
  case bodyInvalid = "body-invalid"
  case identifierInAddress = "identifier-in-address"
  case certificateNotFound = "certificate-not-found"
  case exchangeNotFound = "exchange-not-found"
  case incidentNotFound = "incident-not-found"
  case disagreementNotFound = "disagreement-not-found"
  case pushNotFound = "push-not-found"
  case replayNotFound = "replay-not-found"
  case workNotFound = "work-not-found"
  case permitNotFound = "permit-not-found"
  case permitUnfit = "permit-unfit"
  case supplyNotFound = "supply-not-found"
  case supplyUnfit = "supply-unfit"
  case materialNotFound = "material-not-found"
  case materialUnfit = "material-unfit"
  case authorisationNotFound = "authorisation-not-found"
  case authorisationUnfit = "authorisation-unfit"
  case projectNotFound = "project-not-found"
  case subscriptionNotFound = "subscription-not-found"
  case subscriptionUnfit = "subscription-unfit"
  case changesGone = "changes-gone"
  case changesAhead = "changes-ahead"
  case replayUnfit = "replay-unfit"
  case approvalNeeded = "approval-needed"
  case planUnavailable = "plan-unavailable"
  case stateConflict = "state-conflict"
  case rateLimited = "rate-limited"
  case recordUnreadable = "record-unreadable"
  case proofUnavailable = "proof-unavailable"
  case auditUnavailable = "audit-unavailable"
  case databaseUnavailable = "database-unavailable"
  case timeout
  case requestMalformed = "request-malformed"
  case requestTooSlow = "request-too-slow"
  case targetTooLong = "target-too-long"
  case headerTooLarge = "header-too-large"
  case expectationUnknown = "expectation-unknown"
  case transferCodingUnknown = "transfer-coding-unknown"
  case overloaded
  case versionUnknown = "version-unknown"
  case internalFailure = "internal-failure"

  public var status: Int {
    switch self {
    case .headerMissing, .headerInvalid, .queryInvalid, .bodyMalformed, .bodyInvalid, .identifierInAddress,
      .requestMalformed, .replayUnfit, .subscriptionUnfit, .permitUnfit, .supplyUnfit,
      .materialUnfit, .authorisationUnfit:
      400
    case .unauthenticated: 401
    case .scopeMissing, .purposeNotAllowed, .revealNotAllowed: 403
    case .notFound, .certificateNotFound, .exchangeNotFound, .incidentNotFound, .disagreementNotFound,
      .pushNotFound,
      .replayNotFound, .workNotFound, .subscriptionNotFound, .permitNotFound, .supplyNotFound,
      .materialNotFound, .authorisationNotFound, .projectNotFound:
      404
    case .methodNotAllowed: 405
    case .requestTooSlow: 408
    case .stateConflict, .approvalNeeded, .changesAhead: 409
    case .changesGone: 410
    case .bodyTooLarge: 413
    case .targetTooLong: 414
    case .mediaType: 415
    case .expectationUnknown: 417
    case .rateLimited: 429
    case .headerTooLarge: 431
    case .recordUnreadable, .internalFailure: 500
    case .proofUnavailable, .planUnavailable, .transferCodingUnknown: 501
    case .auditUnavailable, .databaseUnavailable, .timeout, .overloaded: 503
    case .versionUnknown: 505
    }
  }

  /// Of what the server refuses before a handler sees it.
  init(refusedWith status: Int) {
    switch status {
    case 408: self = .requestTooSlow
    case 413: self = .bodyTooLarge
    case 414: self = .targetTooLong
    case 417: self = .expectationUnknown
    case 431: self = .headerTooLarge
    case 501: self = .transferCodingUnknown
    case 503: self = .overloaded
    case 505: self = .versionUnknown
    default: self = .requestMalformed
    }
  }

  public var title: String {
    switch self {
    case .notFound: "没有这个地址"
    case .methodNotAllowed: "该地址不支持此方法"
    case .unauthenticated: "未提供有效的调用密钥"
    case .scopeMissing: "调用方没有此项权限"
    case .headerMissing: "缺少请求头"
    case .headerInvalid: "请求头无效"
    case .purposeNotAllowed: "调用方不得用于此目的"
    case .revealNotAllowed: "不得查看完整内容"
    case .queryInvalid: "查询参数无效"
    case .mediaType: "请求体须为 JSON"
    case .bodyTooLarge: "请求体过大"
    case .bodyMalformed: "请求体不是合法的 JSON"
    case .bodyInvalid: "请求内容无效"
    case .identifierInAddress: "地址中不得出现证照或人员号码"
    case .certificateNotFound: "没有这份证照"
    case .exchangeNotFound: "没有这次交换"
    case .incidentNotFound: "没有这个异常事件"
    case .disagreementNotFound: "没有这条不一致记录"
    case .pushNotFound: "没有这次报送"
    case .replayNotFound: "没有这个重放计划"
    case .workNotFound: "没有这项待办工作"
    case .permitNotFound: "没有这个办件"
    case .permitUnfit: "办件材料或事实不全"
    case .supplyNotFound: "没有这份用电申请的判定"
    case .supplyUnfit: "用电申请无法判定"
    case .materialNotFound: "没有这份资料"
    case .materialUnfit: "资料不能接收"
    case .authorisationNotFound: "没有这项授权"
    case .authorisationUnfit: "授权不成立"
    case .projectNotFound: "储备库没有这个项目"
    case .subscriptionNotFound: "没有这项订阅"
    case .subscriptionUnfit: "订阅地址不可用"
    case .changesGone: "所要的变更已不再保留"
    case .changesAhead: "变更序号超出范围"
    case .replayUnfit: "重放计划不成立"
    case .approvalNeeded: "须由另一人批准"
    case .planUnavailable: "此进程不能制定重放计划"
    case .stateConflict: "当前状态下不能这样做"
    case .rateLimited: "请求过于频繁"
    case .recordUnreadable: "证照记录无法读取"
    case .proofUnavailable: "暂不能重新推导"
    case .auditUnavailable: "无法记录查询,故不予答复"
    case .databaseUnavailable: "数据库暂不可用"
    case .timeout: "处理超时"
    case .requestMalformed: "请求不符合 HTTP 规范"
    case .requestTooSlow: "请求接收超时"
    case .targetTooLong: "请求地址过长"
    case .headerTooLarge: "请求头过大"
    case .expectationUnknown: "不支持此 Expect 请求头"
    case .transferCodingUnknown: "不支持此传输编码"
    case .overloaded: "服务繁忙"
    case .versionUnknown: "不支持此 HTTP 版本"
    case .internalFailure: "内部错误"
    }
  }

  public var englishTitle: String {
    switch self {
    case .notFound: "There is nothing at this address"
    case .methodNotAllowed: "This address does not know this method"
    case .unauthenticated: "No valid consumer key was given"
    case .scopeMissing: "The consumer may not do this"
    case .headerMissing: "A request header is missing"
    case .headerInvalid: "A request header is not valid"
    case .purposeNotAllowed: "The consumer may not ask for this purpose"
    case .revealNotAllowed: "The fields may not be shown whole"
    case .queryInvalid: "The query of the address is not valid"
    case .mediaType: "The body must be JSON"
    case .bodyTooLarge: "The body is too large"
    case .bodyMalformed: "The body is not well-formed JSON"
    case .bodyInvalid: "The body does not say what is needed"
    case .identifierInAddress: "Identifiers do not belong into addresses"
    case .certificateNotFound: "There is no such certificate"
    case .exchangeNotFound: "There is no such exchange"
    case .incidentNotFound: "There is no such incident"
    case .disagreementNotFound: "There is no such disagreement"
    case .pushNotFound: "There is no such push"
    case .replayNotFound: "There is no such replay"
    case .workNotFound: "There is no such item of work"
    case .permitNotFound: "There is no such permit case"
    case .permitUnfit: "The case is not complete"
    case .supplyNotFound: "There is no such verdict on an application"
    case .supplyUnfit: "The application cannot be judged"
    case .materialNotFound: "There is no such material"
    case .materialUnfit: "The material cannot be kept"
    case .authorisationNotFound: "There is no such authorisation"
    case .authorisationUnfit: "This is no authorisation"
    case .projectNotFound: "The reserve has no such project"
    case .subscriptionNotFound: "There is no such subscription"
    case .subscriptionUnfit: "Nothing is sent to this address"
    case .changesGone: "These changes are no longer kept"
    case .changesAhead: "There are no changes as late as that"
    case .replayUnfit: "This is no plan of a replay"
    case .approvalNeeded: "Another person has to approve it"
    case .planUnavailable: "Replays cannot be planned here"
    case .stateConflict: "This cannot be done in its present state"
    case .rateLimited: "Too many requests"
    case .recordUnreadable: "A stored record cannot be read"
    case .proofUnavailable: "Records cannot be derived again here"
    case .auditUnavailable: "The look cannot be recorded, so nothing is shown"
    case .databaseUnavailable: "The database does not answer"
    case .timeout: "The request took too long"
    case .requestMalformed: "This is no well-formed HTTP request"
    case .requestTooSlow: "The request took too long to arrive"
    case .targetTooLong: "The address is too long"
    case .headerTooLarge: "The header is too large"
    case .expectationUnknown: "This expectation is not known"
    case .transferCodingUnknown: "This transfer coding is not known"
    case .overloaded: "Too many requests are waiting"
    case .versionUnknown: "This version of HTTP is not spoken here"
    case .internalFailure: "Something went wrong inside"
    }
  }
}
