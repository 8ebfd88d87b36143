import CXML2

/// The paths that mappings are full of: names of child elements one after the other, and at the end perhaps an
/// attribute or the texts. They are walked over the tree directly, with names compared by address.
struct XPathSimplePath: Sendable {
  enum Target: Sendable {
    case elements
    case attribute(String)
    case texts
  }

  let isAbsolute: Bool
  let steps: [String]
  let target: Target

  /// Nil when `text` is anything else, valid or not.
  init?(_ text: String) {
    var rest = text[...]
    isAbsolute = rest.first == "/"
    if isAbsolute { rest = rest.dropFirst() }
    var steps = rest.split(separator: "/", omittingEmptySubsequences: false)
    guard let last = steps.popLast() else { return nil }
    var target = Target.elements
    if last.first == "@" {
      let name = last.dropFirst()
      guard Self.isName(name) else { return nil }
      target = .attribute(String(name))
    } else if last == "text()" {
      target = .texts
    } else {
      steps.append(last)
    }
    guard steps.count <= XPathCheck.maxSteps, steps.allSatisfy(Self.isName) else { return nil }
    // `/@a` and `/text()` select nothing, but are no paths of this kind.
    guard !isAbsolute || !steps.isEmpty else { return nil }
    self.steps = steps.map(String.init)
    self.target = target
  }

  /// An ASCII or Chinese name without prefix; rarer ones are left to libxml2, which knows all the rules.
  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.unicodeScalars.first, isNameStart(first) else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      isNameStart(scalar) || "0"..."9" ~= scalar || scalar == "-" || scalar == "."
    }
  }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "_", "\u{4E00}"..."\u{9FFF}": true
    default: false
    }
  }
}

/// A simple path with its names as addresses in one dictionary.
@safe struct XPathResolvedPath {
  @unsafe private enum Target {
    case elements
    case attribute(UnsafePointer<xmlChar>)
    case texts
  }

  private let isAbsolute: Bool
  private let steps: [UnsafePointer<xmlChar>]
  private let target: Target

  init(_ path: XPathSimplePath, _ scope: XMLScope) throws(DocumentError) {
    func intern(_ name: String) throws(DocumentError) -> UnsafePointer<xmlChar> {
      guard let name = unsafe scope.intern(name) else {
        throw DocumentError(.library, "libxml2's dictionary of names is full")
      }
      return unsafe name
    }
    isAbsolute = path.isAbsolute
    var steps: [UnsafePointer<xmlChar>] = unsafe []
    for step in path.steps { try unsafe steps.append(intern(step)) }
    unsafe self.steps = unsafe steps
    switch path.target {
    case .elements: unsafe target = .elements
    case .attribute(let name): try unsafe target = .attribute(intern(name))
    case .texts: unsafe target = .texts
    }
  }

  /// Calls `body` with each selected node in document order until it returns false. Attributes come as `xmlAttr`
  /// seen as nodes, as libxml2 does it.
  func visit(
    from start: UnsafeMutablePointer<xmlNode>, in document: XMLDocument,
    _ body: (UnsafeMutablePointer<xmlNode>) -> Bool
  ) {
    if isAbsolute {
      let root = unsafe UnsafeMutableRawPointer(document.pointer).assumingMemoryBound(to: xmlNode.self)
      _ = unsafe walk(root, 0, body)
    } else {
      _ = unsafe walk(start, 0, body)
    }
  }

  private func walk(
    _ node: UnsafeMutablePointer<xmlNode>, _ step: Int, _ body: (UnsafeMutablePointer<xmlNode>) -> Bool
  ) -> Bool {
    if unsafe step == steps.count {
      return unsafe finish(node, body)
    }
    let name = unsafe steps[step]
    var next = unsafe node.pointee.children
    while let child = unsafe next {
      unsafe next = child.pointee.next
      if unsafe child.pointee.name == name, unsafe child.pointee.type == XML_ELEMENT_NODE,
        unsafe child.pointee.ns == nil, unsafe !walk(child, step + 1, body)
      {
        return false
      }
    }
    return true
  }

  private func finish(
    _ node: UnsafeMutablePointer<xmlNode>, _ body: (UnsafeMutablePointer<xmlNode>) -> Bool
  ) -> Bool {
    switch unsafe target {
    case .elements:
      return unsafe body(node)
    case .attribute(let name):
      var next = unsafe node.pointee.properties
      while let attribute = unsafe next {
        if unsafe attribute.pointee.name == name, unsafe attribute.pointee.ns == nil {
          return unsafe body(UnsafeMutableRawPointer(attribute).assumingMemoryBound(to: xmlNode.self))
        }
        unsafe next = attribute.pointee.next
      }
    case .texts:
      var next = unsafe node.pointee.children
      while let child = unsafe next {
        unsafe next = child.pointee.next
        if unsafe child.pointee.type == XML_TEXT_NODE, unsafe !body(child) { return false }
      }
    }
    return true
  }
}
