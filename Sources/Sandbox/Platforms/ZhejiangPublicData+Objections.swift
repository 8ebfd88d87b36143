import CivilTime
import Documents

/// 数据异议: what a caller says against a record of the platform's.
extension ZhejiangPublicData {
  func isObjection(_ path: String) -> Bool {
    path.hasPrefix("/gateway/api/") && path.hasSuffix("/dataObjection/submit.htm")
  }

  /// `{"yybh": the caller's number, "objection": {…}}`: which record is wrong in which field, and why.
  func objection(_ body: [UInt8], answersAsRepeated: Bool) throws(Refusal) -> Reply {
    let message: JSONValue
    do throws(DocumentError) {
      message = try JSONDocument(parsing: body).root
    } catch {
      throw Refusal(Code.badParameter, "请求体不是 JSON")
    }
    guard let key = message["yybh"]?.string, (1...64).contains(key.utf8.count) else {
      throw Refusal(Code.badParameter, "yybh 缺失或过长")
    }
    func text(_ name: String) throws(Refusal) -> String {
      guard let text = message["objection"]?[name]?.string, !text.isEmpty else {
        throw Refusal(Code.badObjection, "缺少 \(name)")
      }
      return text
    }
    for name in ["zzbh", "yyly"] { _ = try text(name) }
    let (kind, field) = (try text("zzlx"), try text("sjx"))
    guard services[kind] != nil else { throw Refusal(Code.badObjection, "zzlx 不存在") }
    let (taken, isNew) = objections.take(key: key, kind: kind, field: field, at: now())
    let isRepeated = !isNew || answersAsRepeated
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("code", isRepeated ? Code.repeatedObjection.rawValue : Code.success.rawValue)
      writer.member("msg", isRepeated ? "重复提交" : "成功")
      writer.member("data", taken.receipt)
      writer.member("datas", "")
      writer.member("dataCount", 0)
      writer.member("requestId", mint.next("requestId"))
    }
    return Reply(
      contentType: ZhejiangPublicData.json, body: writer.takeBytes(),
      code: isRepeated ? Code.repeatedObjection.rawValue : Code.success.rawValue, isSuccess: !isRepeated)
  }
}
