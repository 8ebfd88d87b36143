import CXML2

/// A well-formed XML document without DTD, entities or anything fetched from elsewhere, as a tree.
///
/// A document belongs to one thread at a time. Its elements keep it alive.
@safe public final class XMLDocument {
  let pointer: UnsafeMutablePointer<xmlDoc>
  let scope: XMLScope
  /// Where the root stands in the stream it was taken from, for the documents of single rows.
  let rootPath: String?
  /// Elements, texts and comments, counted when first asked for.
  private(set) lazy var treeNodes = unsafe Self.countNodes(below: pointer)
  /// The last element of each parent and name whose position was counted; rows are asked for theirs in order.
  var countedPositions: [XMLElement.SiblingKey: XMLElement.CountedPosition] = [:]

  /// Reads a whole document.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8 or GB18030 (GBK, GB2312), by declaration; UTF-8 without one.
  ///   - charset: overrides the declaration, for platforms that declare wrongly.
  public convenience init(
    parsing bytes: [UInt8], charset: Charset? = nil, limits: XMLLimits = .standard
  ) throws(DocumentError) {
    guard bytes.count <= limits.maxBytes else {
      throw DocumentError(.limit, "\(bytes.count) bytes are more than the \(limits.maxBytes) allowed")
    }
    let charset = try XMLInputDecoder.charset(of: bytes, override: charset)
    let text = try charset.decode(bytes)
    let parser = try XMLEventParser(limits: limits)
    do throws(DocumentError) {
      if let zero = text.firstIndex(of: 0) { throw XMLInputDecoder.zeroByte(at: zero) }
      try unsafe text.withUnsafeBufferPointer { buffer throws(DocumentError) in try unsafe parser.feed(buffer)
      }
      try parser.finish()
    } catch {
      throw Self.placed(error, text, original: bytes, charset)
    }
    guard let document = unsafe parser.takeDocument() else {
      throw DocumentError(.library, "libxml2 built no document")
    }
    let scope = unsafe XMLScope(dictionary: parser.context.pointee.dict)
    scope.declaredPrefixes = parser.declaredPrefixes
    unsafe self.init(owning: document, scope: scope, rootPath: nil)
  }

  public convenience init(parsing text: String, limits: XMLLimits = .standard) throws(DocumentError) {
    // The text is already decoded, so its declaration says nothing about these bytes.
    try self.init(parsing: Array(text.utf8), charset: .utf8, limits: limits)
  }

  init(owning pointer: UnsafeMutablePointer<xmlDoc>, scope: XMLScope, rootPath: String?) {
    unsafe self.pointer = pointer
    self.scope = scope
    self.rootPath = rootPath
  }

  deinit {
    unsafe xmlFreeDoc(pointer)
  }

  public var root: XMLElement {
    guard let root = unsafe xmlDocGetRootElement(pointer) else {
      preconditionFailure("a well-formed document has a root")
    }
    return unsafe XMLElement(document: self, node: root)
  }

  /// The element that `path`, as `XMLElement.path` writes it, leads to; nil when there is none. A step without a
  /// position means the first element of that name.
  public func element(at path: String) -> XMLElement? {
    var rest = path[...]
    if let rootPath {
      guard path.hasPrefix(rootPath) else { return nil }
      rest = path.dropFirst(rootPath.count)
      guard rest.isEmpty || rest.first == "/" else { return nil }
    } else {
      guard path.hasPrefix("/"), path.count > 1 else { return nil }
      let name = rest.dropFirst().prefix { $0 != "/" }
      guard name == root.qualifiedName || name == "\(root.qualifiedName)[1]" else { return nil }
      rest = rest.dropFirst(1 + name.count)
    }
    var element = root
    for step in rest.split(separator: "/", omittingEmptySubsequences: true) {
      let name = step.prefix { $0 != "[" }
      var position = 1
      if name.count < step.count {
        guard step.hasSuffix("]"), let number = Int(step.dropFirst(name.count + 1).dropLast()) else {
          return nil
        }
        position = number
      }
      var candidates = element.children(named: String(name))
      var found = candidates.next()
      while position > 1, found != nil {
        found = candidates.next()
        position -= 1
      }
      guard let found, position == 1 else { return nil }
      element = found
    }
    return element
  }

  private static func countNodes(below document: UnsafeMutablePointer<xmlDoc>) -> Int {
    var count = 0
    var node = unsafe document.pointee.children
    while let current = unsafe node {
      count += 1
      if unsafe current.pointee.type == XML_ELEMENT_NODE, let child = unsafe current.pointee.children {
        unsafe node = child
        continue
      }
      var last = unsafe current
      while unsafe last.pointee.next == nil, let parent = unsafe last.pointee.parent,
        unsafe parent.pointee.type == XML_ELEMENT_NODE
      {
        unsafe last = parent
      }
      unsafe node = last.pointee.next
    }
    return count
  }

  /// `error` with the line, column and offset of the bytes as they came.
  private static func placed(
    _ error: DocumentError, _ text: [UInt8], original: [UInt8], _ charset: Charset
  ) -> DocumentError {
    guard let offset = error.position?.offset else { return error }
    var placed = error
    var position = DocumentPosition(offset: offset, in: text.span)
    switch charset {
    case .utf8:
      position.offset += original.count - text.count
    case .gb18030:
      // As many bytes as the text up to there takes when written back.
      var start = min(offset, text.count)
      while start > 0, start < text.count, text[start] & 0xC0 == 0x80 { start -= 1 }
      do throws(DocumentError) {
        position.offset = try charset.encode(Array(text.prefix(start))).count
      } catch {
        // What was decoded can be encoded, so iconv itself failed: the fault found stays more useful than that one.
        placed.message += " (offset in UTF-8)"
      }
    }
    placed.position = position
    return placed
  }
}
