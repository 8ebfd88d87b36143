extension RegularExpression {
  /// A replacement text checked against its expression once: `$1` or `${name}` stands for a group, `$$` for a dollar sign.
  public struct Replacement: Sendable {
    private enum Part {
      case text(String)
      case group(Int)
    }

    private let parts: [Part]

    /// Throws `expression` with the position in `template` for a reference to a group `expression` does not have.
    public init(_ template: String, for expression: RegularExpression) throws(DocumentError) {
      var parts: [Part] = []
      var text = ""
      var rest = template[...]
      while let character = rest.first {
        guard character == "$" else {
          text.append(character)
          rest.removeFirst()
          continue
        }
        let start = rest.startIndex
        rest.removeFirst()
        if rest.first == "$" {
          text.append("$")
          rest.removeFirst()
          continue
        }
        var group: Int?
        if rest.first == "{", let end = rest.firstIndex(of: "}") {
          let name = String(rest[rest.index(after: rest.startIndex)..<end])
          group = expression.groupNames[name] ?? Int(name)
          rest = rest[rest.index(after: end)...]
        } else {
          let digits = rest.prefix { ("0"..."9").contains($0) }
          group = Int(digits)
          rest = rest[digits.endIndex...]
        }
        guard let group, 0...expression.groupCount ~= group else {
          let offset = template.utf8.distance(from: template.startIndex, to: start)
          throw DocumentError(
            .expression,
            "the replacement refers to a group that is not in the expression; write $$ for a dollar sign",
            position: DocumentPosition(offset: offset, in: template))
        }
        if !text.isEmpty { parts.append(.text(text)) }
        text = ""
        parts.append(.group(group))
      }
      if !text.isEmpty { parts.append(.text(text)) }
      self.parts = parts
    }

    func append(_ match: Match, to output: inout String) {
      for part in parts {
        switch part {
        case .text(let text): output += text
        case .group(let group): output += match[group] ?? ""
        }
      }
    }
  }
}

extension DocumentPosition {
  /// The position of the byte at `offset` of a text's UTF-8 form.
  init(offset: Int, in text: String) {
    var text = text
    self = text.withUTF8 { unsafe DocumentPosition(offset: offset, in: Span(_unsafeElements: $0)) }
  }
}
