import Crypto
import Documents

/// Whether an application has what its item needs. A refusal names the field.
struct PermitApplicationCheck {
  private let message: JSONValue

  init(_ message: JSONValue) { self.message = message }

  private static let common = ["sqbh", "xmmc", "sxbm", "sqrmc", "sqrzjlx", "sqrzjhm", "gcdz", "xzqh", "gzcn"]
  private static let largestFile = 20 << 20

  func check(_ item: PermitWindow.Item) throws(Refusal) {
    for name in Self.common + needs(of: item) { try text(name) }
    guard message["sxbm"]?.string == item.code else { throw malformed("sxbm", "与接口的事项不符") }
    guard ["0", "1"].contains(message["gzcn"]?.string) else { throw malformed("gzcn", "应为 0 或 1") }
    for name in ["kgrq", "jgrq"] {
      guard let text = message[name]?.string, !text.isEmpty else { continue }
      guard text.utf8.count == 8, RequestText.time(text + "000000") != nil else {
        throw malformed(name, "应为 yyyyMMdd")
      }
    }
    for name in ["xlcd", "dydj", "ydrl", "zymj", "wjcd", "ldmj", "szsl"] {
      guard let value = message[name], !value.isNull else { continue }
      guard value.isNumber, (value.double ?? -1) >= 0 else { throw malformed(name, "应为非负数字") }
    }
    if item == .greening, message["ldmj"] == nil, message["szsl"] == nil { throw missing("ldmj 或 szsl") }
    try checkFiles(isRequired: false)
  }

  private func needs(of item: PermitWindow.Item) -> [String] {
    switch item {
    case .routePlanning: ["xlcd", "dydj"]
    case .roadOccupation: ["zymj", "kgrq", "jgrq"]
    case .roadDigging: ["wjcd", "kgrq", "jgrq"]
    case .greening: []
    }
  }

  /// 材料: each file is whole.
  func checkFiles(isRequired: Bool) throws(Refusal) {
    guard let files = message["cllb"], !files.isNull else {
      if isRequired { throw missing("cllb") }
      return
    }
    guard files.isArray, files.count > 0 || !isRequired else { throw malformed("cllb", "应为非空列表") }
    for (place, file) in files.elements.enumerated() {
      let name = "cllb[\(place)]"
      for member in ["clbm", "wjm", "wjlx"] {
        guard file[member]?.string?.isEmpty == false else { throw missing("\(name).\(member)") }
      }
      guard let content = file["nr"]?.string, let bytes = try? Base64.decode(content) else {
        throw malformed("\(name).nr", "应为 Base64")
      }
      guard bytes.count <= Self.largestFile else { throw malformed("\(name).nr", "文件过大") }
      guard file["wjdx"]?.scalarText == String(bytes.count) else { throw malformed("\(name).wjdx", "与内容不符") }
      guard file["sm3"]?.string?.lowercased() == Hex.encode(Digest.sm3.hash(bytes)) else {
        throw malformed("\(name).sm3", "与内容不符")
      }
    }
  }

  private func text(_ name: String) throws(Refusal) {
    guard message[name]?.scalarText?.isEmpty == false else { throw missing(name) }
  }

  private func missing(_ name: String) -> Refusal { Refusal(PermitWindow.Code.missingField, "缺少 \(name)") }

  private func malformed(_ name: String, _ message: String) -> Refusal {
    Refusal(PermitWindow.Code.malformedField, "\(name) \(message)")
  }
}
