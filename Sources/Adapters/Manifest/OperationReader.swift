import Calendars
import CivilTime
import Documents
import Exchanges

/// Reads one of `operations`, its defaults laid under it.
extension AdapterReader {
  static func operation(
    _ entry: ConfigurationEntry, scope outer: NameScope, signature: SignatureSource?,
    platform: OperationLimits
  ) -> Operation? {
    guard let reader = entry.value.reader() else { return nil }
    let kind = reader.choice("kind", among: Operation.Kind.self)
    let title = reader.text(ifPresent: "title")
    let errors = reader.diagnostics.errorCount
    let request = RequestReader.read(
      reader.nested("request"), scope: outer.adding(names(of: kind, reader)), signature: signature)
    var envelope = EnvelopeReader.read(
      reader.nested("envelope"), scope: outer, hasPages: kind == .pull || kind == .query)
    let limits = limits(reader.nested(ifPresent: "limits"), platform)
    envelope?.maxRows = limits.maxRows
    if !limits.calls.hours.overlaps(platform.calls.hours) {
      reader.error("are never open while the platform's own are", at: "limits")
    }
    let timeouts = timeouts(reader.nested(ifPresent: "timeouts"))
    let retry = retry(reader.nested(ifPresent: "retry"))
    let format = envelope?.payload?.format ?? envelope?.format ?? .json
    let purpose = purpose(kind, reader, format)
    guard let request, let envelope, let purpose else { return nil }
    // Of a request that could not be read whole it cannot be said what it never uses.
    if !reader.isPartial, reader.diagnostics.errorCount == errors {
      switch purpose {
      case .pull(let pull): checkPaging(pull, envelope, request, reader)
      case .query: checkQuery(envelope, request, reader)
      case .push(let push): PushReader.check(push, request, reader)
      case .probe: PushReader.checkProbe(request, reader)
      }
    }
    return Operation(
      name: entry.name, title: title, purpose: purpose, request: request, envelope: envelope,
      limits: limits.calls, maxResponse: limits.maxResponse, timeouts: timeouts, retry: retry)
  }

  /// The names that requests of this kind may use besides those of the whole manifest.
  private static func names(of kind: Operation.Kind, _ reader: ConfigurationReader) -> [String: ValueType] {
    switch kind {
    case .pull:
      let names = ReservedName.paging + (reader.has("incremental") ? ReservedName.window : [])
      return Dictionary(uniqueKeysWithValues: names.map { ($0, .text) })
    case .query: return Dictionary(uniqueKeysWithValues: Enquiry.names.map { ($0, .text) })
    case .push: return ReservedName.push
    case .probe: return ReservedName.probe
    case .inbound: preconditionFailure("what is called by others is read by InboundReader")
    }
  }

  /// Every key is asked for whatever the kind, so that one of another kind is told as such.
  private static func purpose(
    _ kind: Operation.Kind, _ reader: ConfigurationReader, _ format: Envelope.Format
  ) -> Operation.Purpose? {
    switch kind {
    case .pull:
      PushReader.refuse(reader, besides: kind)
      reader.refuse("item", "only a query has it")
      return .pull(
        Operation.Pull(
          mapping: reader.text("mapping"), paging: paging(reader.nested(ifPresent: "paging")),
          incremental: reader.nested(ifPresent: "incremental").flatMap(incremental),
          schedule: reader.nested(ifPresent: "schedule").flatMap(Schedule.read)))
    case .query:
      for key in ["paging", "incremental", "schedule"] { reader.refuse(key, "only a pull has it") }
      PushReader.refuse(reader, besides: kind)
      return .query(
        Operation.Query(mapping: reader.text("mapping"), item: reader.text(ifPresent: "item")))
    case .push, .probe:
      for key in ["mapping", "paging", "incremental", "schedule"] {
        reader.refuse(key, key == "mapping" ? "only a pull or a query has it" : "only a pull has it")
      }
      PushReader.refuse(reader, besides: kind)
      reader.refuse("item", "only a query has it")
      return kind == .push
        ? PushReader.push(reader, format).map { .push($0) }
        : PushReader.probe(reader, format).map { .probe($0) }
    case .inbound: preconditionFailure("what is called by others is read by InboundReader")
    }
  }

  /// Declarations that contradict each other would be found at the first call, in the night: find them here.
  private static func checkPaging(
    _ pull: Operation.Pull, _ envelope: Envelope, _ request: RequestTemplate, _ reader: ConfigurationReader
  ) {
    let paging = pull.paging
    if envelope.rows == nil {
      reader.error("needs envelope.rows: without them nothing proves that all rows have come", at: "envelope")
    }
    let declaresEnd = envelope.total != nil || envelope.pages != nil || envelope.more != nil
    let used = request.references
    switch paging.style {
    case .none: break
    case .page, .offset:
      if !declaresEnd, paging.end == nil {
        reader.error(
          "needs an end: declare envelope.total, pages or more, or paging.end", at: "paging")
      }
      let name = paging.style == .page ? "page.number" : "page.offset"
      if !used.contains(name) {
        reader.error("never uses {\(name)}, so every page would be the first", at: "request")
      }
    case .cursor:
      if envelope.cursor == nil { reader.error("needs envelope.cursor", at: "paging") }
      if !used.contains("page.cursor") {
        reader.error("never uses {page.cursor}, so every page would be the first", at: "request")
      }
    case .link:
      if envelope.next == nil { reader.error("needs envelope.next", at: "paging") }
    }
    if pull.incremental != nil, !used.contains("window.from") {
      reader.error("never uses {window.from}, so every window would hold everything", at: "request")
    }
  }

  private static func checkQuery(
    _ envelope: Envelope, _ request: RequestTemplate, _ reader: ConfigurationReader
  ) {
    if envelope.rows == nil {
      reader.error(
        "needs envelope.rows: without them nothing proves that an answer says nothing", at: "envelope")
    }
    if request.references.isDisjoint(with: Enquiry.Key.allCases.map(\.name)) {
      let names = Enquiry.Key.allCases.map { "{\($0.name)}" }.joined(separator: ", ")
      reader.error("uses none of \(names), so every enquiry would get the same answer", at: "request")
    }
  }

  private static func paging(_ reader: ConfigurationReader?) -> Paging {
    guard let reader else { return Paging() }
    return Paging(
      style: reader.choice("style", among: Paging.Style.self),
      first: reader.integer("first", in: 0...1, default: 1),
      size: reader.integer("size", in: 1...100_000, default: 100),
      end: reader.choice(ifPresent: "end", among: Paging.End.self),
      most: reader.integer("most", in: 1...10_000_000, default: 100_000),
      resume: Int(
        reader.duration("resume", in: .zero ... .seconds(366 * 86_400), default: .seconds(86_400)).components
          .seconds))
  }

  private static func incremental(_ reader: ConfigurationReader) -> Incremental? {
    let start = reader.parse("start", "a date such as 2020-01-31") { CivilDate(iso: $0) }
    let seconds = { (duration: Duration) in Int(duration.components.seconds) }
    let lookBack = seconds(reader.duration("lookBack", default: .zero))
    let settle = seconds(reader.duration("settle", default: .zero))
    let longest = seconds(
      reader.duration(
        "longest", in: .seconds(60) ... .seconds(36_600 * 86_400), default: .seconds(36_600 * 86_400)))
    let form = reader.parse("form", "epoch-ms, epoch-s or a pattern such as yyyy-MM-dd HH:mm:ss") {
      TimeForm($0)
    }
    guard let start, let form else { return nil }
    return Incremental(
      start: CivilDateTime(startOf: start).timestamp(offsetSeconds: UTCOffset.china), lookBack: lookBack,
      settle: settle, longest: longest, form: form)
  }

  /// What stands under `limits`, of the platform or of an operation.
  struct OperationLimits {
    var calls = CallLimits()
    var maxResponse = 32 << 20
    var maxRows = 100_000
  }

  /// - Parameter outer: what holds where nothing is said.
  static func limits(_ reader: ConfigurationReader?, _ outer: OperationLimits) -> OperationLimits {
    var limits = CallLimits()
    guard let reader else {
      return OperationLimits(maxResponse: outer.maxResponse, maxRows: outer.maxRows)
    }
    limits.rate = reader.parse(ifPresent: "rate", "a rate such as 20/s, 600/m or 1000/h") { RateLimit($0) }
    limits.concurrency = reader.integer(ifPresent: "concurrency", in: 1...256)
    limits.daily = reader.integer(ifPresent: "daily", in: 1...1_000_000_000)
    if let reserve = reader.integer(ifPresent: "reserve", in: 1...1_000_000_000) {
      limits.reserve = CallReserve(reserve)
      if reserve >= limits.daily ?? 0 { reader.error("must be less than 'daily'", at: "reserve") }
    }
    limits.hours = ServiceHours(
      reader.list(ifPresent: "hours") { value in
        value.parse("a span such as 22:00-06:00") { ServiceHours.Span($0) }
      } ?? [])
    limits.breaker = reader.nested(ifPresent: "breaker").map(breaker) ?? outer.calls.breaker
    limits.hints = reader.nested(ifPresent: "hints").map { hints in
      LimitHints(remaining: hints.text("remaining"), reset: hints.text("reset"))
    }
    return OperationLimits(
      calls: limits,
      maxResponse: reader.byteCount("maxResponse", in: (1 << 10)...(1 << 30), default: outer.maxResponse),
      maxRows: reader.integer("maxRows", in: 1...10_000_000, default: outer.maxRows))
  }

  private static func breaker(_ reader: ConfigurationReader) -> BreakerPolicy {
    var policy = BreakerPolicy()
    let range = Duration.seconds(1) ... .seconds(86_400)
    policy.failures = reader.integer("failures", in: 1...1000, default: policy.failures)
    policy.open = Int(reader.duration("open", in: range, default: .seconds(policy.open)).components.seconds)
    policy.longest = Int(
      reader.duration("longest", in: range, default: .seconds(policy.longest)).components.seconds)
    if policy.longest < policy.open { reader.error("is shorter than 'open'", at: "longest") }
    return policy
  }

  private static func timeouts(_ reader: ConfigurationReader?) -> CallTimeouts {
    var timeouts = CallTimeouts()
    guard let reader else { return timeouts }
    let range = Duration.milliseconds(100) ... .seconds(3600)
    timeouts.connect = reader.duration("connect", in: range, default: timeouts.connect)
    timeouts.idle = reader.duration("idle", in: range, default: timeouts.idle)
    timeouts.total = reader.duration("total", in: range, default: timeouts.total)
    return timeouts
  }

  private static func retry(_ reader: ConfigurationReader?) -> RetryPolicy {
    var policy = RetryPolicy()
    guard let reader else { return policy }
    let range = Duration.seconds(1) ... .seconds(86_400)
    policy.most = reader.integer("most", in: 1...100, default: policy.most)
    policy.first = Int(
      reader.duration("first", in: range, default: .seconds(policy.first)).components.seconds)
    policy.longest = Int(
      reader.duration("longest", in: range, default: .seconds(policy.longest)).components.seconds)
    return policy
  }
}
