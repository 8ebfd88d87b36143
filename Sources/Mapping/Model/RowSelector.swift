import Documents

/// Where the rows of a message stand.
struct RowSelector: Sendable {
  enum Step: Sendable {
    /// All elements of the array at a singular path: `$.datas[*]`.
    case elements(JSONPath)
    case json(JSONPath)
    /// The second is the path of the elements' parents where the first is a plain path of names.
    case xml(XPath, parent: XPath?)
  }

  let text: String
  let step: Step
  let mark: YAMLMark

  init(_ text: String, format: MessageFormat, mark: YAMLMark) throws(DocumentError) {
    self.text = text
    self.mark = mark
    switch format {
    case .json:
      let path = try JSONPath(text)
      if text.hasSuffix("[*]") {
        let array = try JSONPath(String(text.dropLast(3)))
        step = array.isSingular ? .elements(array) : .json(path)
      } else {
        step = .json(path)
      }
    case .xml:
      guard text.first == "/" else {
        throw DocumentError(.expression, "rows are named by an absolute XPath, which starts with /")
      }
      let path = try XPath(text)
      let steps = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      let isPlain = steps.count > 1 && steps.allSatisfy { Self.isPlainName($0) }
      let parent = isPlain ? try XPath("/" + steps.dropLast().joined(separator: "/")) : nil
      step = .xml(path, parent: parent)
    }
  }

  private static func isPlainName(_ name: Substring) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "\u{4E00}"..."\u{9FFF}": true
        default: false
        }
      }
  }
}
