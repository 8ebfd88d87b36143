import Certificates
import CivilTime
import Documents
import Registry

/// 封面: what is in the package, for people. It names nobody.
struct ArchiveCover {
  private let contents: ArchiveContents
  private let draft: ArchiveDraft
  private let now: Timestamp

  init(_ contents: ArchiveContents, _ draft: ArchiveDraft, now: Timestamp) {
    self.contents = contents
    self.draft = draft
    self.now = now
  }

  /// - Throws: where the signed statement cannot be read.
  var html: [UInt8] {
    get throws {
      var text = """
        <!DOCTYPE html>
        <html lang="zh-CN">
        <head>
        <meta charset="utf-8">
        <title>用电业务档案 \(Self.safe(contents.number))</title>
        <style>
        body { font-family: sans-serif; max-width: 60em; margin: 2em auto; }
        table { border-collapse: collapse; width: 100%; margin-bottom: 1.5em; }
        th, td { border: 1px solid #888; padding: .3em .6em; text-align: left; vertical-align: top; }
        td.digest { font-family: monospace; font-size: .75em; word-break: break-all; }
        </style>
        </head>
        <body>
        <h1>用电业务档案</h1>

        """
      text += Self.table(nil, facts)
      text += "<h2>\(contents.missing.isEmpty ? "档案完整" : "档案不完整，缺少：")</h2>\n"
      if !contents.missing.isEmpty { text += Self.list(contents.missing.map(\.title)) }
      text += "<h2>办电资料判定</h2>\n"
      for (step, lines) in try explanations {
        text += "<h3>\(Self.safe(SupplyStep.title(step)))</h3>\n" + Self.list(lines)
      }
      if !contents.certificates.isEmpty {
        text += "<h2>证照</h2>\n" + Self.table(["证照", "编号", "版本", "来源平台", "复核"], papers)
      }
      if !contents.cases.isEmpty {
        text += "<h2>行政许可</h2>\n" + Self.table(["案件", "事项", "状态"], permits)
      }
      text += "<h2>文件目录</h2>\n" + Self.table(["文件", "内容", "SM3"], files)
      if !draft.elsewhere.isEmpty {
        text += "<h2>另行保存的资料（仅登记摘要）</h2>\n" + Self.table(["资料代码", "内容", "SM3"], elsewhere)
      }
      text += """
        <p>目录 index.json 含每个文件的 SM3 摘要，其 SM2 签名在 index.signature.json。
        离线核验：<code>zhengdian supply archive --verify</code> 加本文件夹或 zip 文件名。</p>
        </body>
        </html>

        """
      return Array(text.utf8)
    }
  }

  private var facts: [[String]] {
    let connection = contents.standing?.connection
    return [
      ["申请编号", contents.number], ["行政区划", contents.region],
      ["送电时间", connection.map { Self.time($0.connected) } ?? "未登记"],
      ["供用电合同编号", connection.map { $0.contracts.joined(separator: "、") } ?? "未登记"],
      ["归档时限", contents.standing?.due.map { "\(Self.time($0)) 之前" } ?? "未知"],
      ["制作时间", Self.time(now)],
    ]
  }

  /// Of each step by the latest verdict on it, in the order of the steps.
  private var explanations: [(step: String, lines: [String])] {
    get throws {
      let latest = Dictionary(try contents.verdicts.map { (try $0.step, $0) }) { $1 }
      let others = latest.keys.filter { !SupplyStep.judged.contains($0) }.sorted()
      return try (others + SupplyStep.judged).compactMap { step in
        guard let kept = latest[step] else { return nil }
        let lines = try kept.document.root["verdict"]?["explanation"]
        return (step, lines?.elements.compactMap { $0["title"]?.string } ?? [])
      }
    }
  }

  private var papers: [[String]] {
    contents.certificates.map { paper in
      let proof =
        switch paper.proof {
        case .derived(let proof): proof.holds ? "与原始报文一致" : "与原始报文不一致"
        case .none: "未能由原始报文重新推导"
        }
      return [
        paper.record.kind.title, paper.id.rawValue, "\(paper.version)", paper.platform, proof,
      ]
    }
  }

  private var permits: [[String]] {
    contents.cases.flatMap { found in found.items.map { [found.number, $0.title, $0.state] } }
  }

  private var files: [[String]] {
    draft.files.map { [$0.path, Self.titles[$0.kind] ?? $0.kind, $0.sm3] }
  }

  private var elsewhere: [[String]] {
    draft.elsewhere.map { [$0.code, Self.titles[$0.kind] ?? $0.kind, $0.sm3] }
  }

  /// By kind of file.
  private static let titles = [
    "verdict": "判定及签名", "certificate": "证照", "certificate-proof": "证照复核结果", "journal-proof": "交换日志存证",
    "permit-case": "行政许可案件", "attachment": "许可申请附件", "material": "客户提交的资料",
  ]

  private static func time(_ moment: Timestamp) -> String {
    let civil = moment.civil(offsetSeconds: UTCOffset.china)
    return "\(civil.date) \(two(civil.hour)):\(two(civil.minute))（北京时间）"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func table(_ head: [String]?, _ rows: [[String]]) -> String {
    var text = "<table>\n"
    if let head { text += "<tr>\(head.map { "<th>\(safe($0))</th>" }.joined())</tr>\n" }
    for row in rows {
      let cells = row.enumerated().map { index, cell in
        head == nil && index == 0
          ? "<th>\(safe(cell))</th>"
          : "<td\(head?[index] == "SM3" ? " class=\"digest\"" : "")>\(safe(cell))</td>"
      }
      text += "<tr>\(cells.joined())</tr>\n"
    }
    return text + "</table>\n"
  }

  private static func list(_ lines: [String]) -> String {
    "<ul>\n" + lines.map { "<li>\(safe($0))</li>\n" }.joined() + "</ul>\n"
  }

  private static func safe(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}
