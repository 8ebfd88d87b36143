import CivilTime
import Crypto
import HTTPService

/// A permit window behind the face of a region: checks what it is handed, keeps it, tells what became of it.
final class RegionalWindow: PlatformCore, PermitHolder {
  typealias Code = PermitWindow.Code

  let face: any PermitFace
  let cases: PermitCases
  private let quota: QuotaMeter
  private let now: @Sendable () -> Timestamp
  private static let largestFile = 20 << 20

  init(_ face: any PermitFace, limits: PlatformLimits, now: @escaping @Sendable () -> Timestamp) {
    self.face = face
    cases = PermitCases(prefix: face.prefix, decisions: face.decisions)
    quota = QuotaMeter(limits)
    self.now = now
  }

  var name: String { face.name }
  /// 办理状态 (BLZT)
  var words: Set<String> {
    Set((PermitCase.State.allCases.map(\.blzt) + [PermitCase.handling]).map { String($0) })
  }
  var title: String { face.title }
  var operations: [String] { face.gates + face.services.map(\.name) }

  func operation(of request: HTTPServerRequest) -> String { face.operation(of: request) ?? "other" }

  func answer(_ request: HTTPServerRequest, distortion: PageDistortion) -> Reply {
    do throws(Refusal) {
      guard request.method == "POST" else { throw Refusal(Code.wrongMethod, "请使用 POST", status: 405) }
      if let reply = try face.answerGate(request, at: now()) { return reply }
      let name = operation(of: request)
      guard let service = face.services.first(where: { $0.name == name })?.service else {
        throw Refusal(Code.unknownService, "接口不存在", status: 404)
      }
      let call = try face.read(request, service, at: now())
      guard quota.admits(at: now()) else { throw Refusal(Code.quota, "调用次数超限") }
      switch service {
      case .submit(let repetition):
        return try submit(call, repetition, isSaidRepeated: distortion.answersAsRepeated)
      case .status: return try status(call)
      case .supplement: return try supplement(call)
      case .withdraw: return try withdraw(call)
      }
    } catch {
      return face.reply(error)
    }
  }

  func hasEffect(_ operation: String) -> Bool {
    switch face.services.first(where: { $0.name == operation })?.service {
    case nil, .status: false
    case .submit, .supplement, .withdraw: true
    }
  }

  func expireSecrets(all: Bool) { face.expireSecrets(all: all) }

  func refusal(_ kind: RefusalKind) -> Reply {
    switch kind {
    case .credentials: face.reply(face.noEntry)
    case .quota: face.reply(Refusal(Code.quota, "调用次数超限"))
    case .request: face.reply(Refusal(Code.malformedField, "申请内容不符合要求"))
    }
  }

  private func submit(
    _ call: PermitCall, _ repetition: PermitService.Repetition, isSaidRepeated: Bool
  ) throws(Refusal) -> Reply {
    guard !call.key.isEmpty else { throw Refusal(Code.badParameter, "业务流水号缺失") }
    guard call.key.utf8.count <= 64 else { throw Refusal(Code.badParameter, "业务流水号过长") }
    guard let item = PermitWindow.Item.allCases.first(where: { $0.code(in: face.area) == call.item }) else {
      throw Refusal(Code.malformedField, "事项编码不存在")
    }
    for name in face.needs(item) where call.fields[name]?.isEmpty != false {
      throw Refusal(Code.missingField, "缺少 \(name)")
    }
    try check(call.files)
    let submission = cases.submit(
      key: call.key, item: item.rawValue, digest: Self.digest(call), knowsKeys: repetition == .known,
      isQueryable: repetition != .neither, at: now())
    switch submission {
    case .added(let new): return face.reply(new, isRepeated: isSaidRepeated, isFull: false)
    case .repeated(let first): return face.reply(first, isRepeated: true, isFull: false)
    case .contradicted: throw Refusal(Code.usedKey, "业务流水号已用于其他申请")
    }
  }

  private func status(_ call: PermitCall) throws(Refusal) -> Reply {
    let found = try find(call)
    // Its own number the window always knows.
    guard found.isQueryable || !call.receipt.isEmpty else {
      throw Refusal(Code.notQueryable, "该事项不支持按业务流水号查询")
    }
    return face.reply(found, isRepeated: false, isFull: true)
  }

  private func supplement(_ call: PermitCall) throws(Refusal) -> Reply {
    let receipt = try find(call).receipt
    guard !call.files.isEmpty else { throw Refusal(Code.missingField, "缺少补正材料") }
    try check(call.files)
    guard let permit = cases.supplement(receipt, at: now()) else {
      throw Refusal(Code.wrongState, "该申请未处于补正状态")
    }
    return face.reply(permit, isRepeated: false, isFull: false)
  }

  private func withdraw(_ call: PermitCall) throws(Refusal) -> Reply {
    let receipt = try find(call).receipt
    guard !call.reason.isEmpty else { throw Refusal(Code.missingField, "缺少撤回原因") }
    switch cases.withdraw(receipt, at: now()) {
    case .withdrawn(let permit): return face.reply(permit, isRepeated: false, isFull: false)
    case .repeated(let permit): return face.reply(permit, isRepeated: true, isFull: false)
    case .decided: throw Refusal(Code.wrongState, "该申请已办结")
    }
  }

  /// By our number, else by the caller's.
  private func find(_ call: PermitCall) throws(Refusal) -> PermitCase {
    guard !call.receipt.isEmpty || !call.key.isEmpty else {
      throw Refusal(Code.badParameter, "受理编号与业务流水号不能同时为空")
    }
    let found = call.receipt.isEmpty ? cases.find(key: call.key) : cases.find(receipt: call.receipt)
    guard let found else { throw Refusal(Code.notFound, "查无此件") }
    return found
  }

  /// 材料: each file is whole.
  private func check(_ files: [PermitCall.File]) throws(Refusal) {
    for (place, file) in files.enumerated() {
      func malformed(_ what: String) -> Refusal {
        Refusal(Code.malformedField, "第 \(place + 1) 个材料\(what)")
      }
      guard !file.kind.isEmpty, !file.name.isEmpty else { throw malformed("缺少编码或文件名") }
      guard let bytes = file.bytes else { throw malformed("没有内容") }
      guard bytes.count <= Self.largestFile else { throw malformed("过大") }
      guard file.size == String(bytes.count) else { throw malformed("大小与内容不符") }
      guard file.sm3.lowercased() == Hex.encode(Digest.sm3.hash(bytes)) else { throw malformed("摘要与内容不符") }
    }
  }

  private static func digest(_ call: PermitCall) -> [UInt8] {
    let fields = call.fields.sorted { $0.key < $1.key }.map { "\($0.key)\u{0}\($0.value)" }
    return Digest.sm3.hash((fields + call.files.map(\.sm3)).joined(separator: "\u{1}"))
  }
}
