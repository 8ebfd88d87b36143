import CXML2

/// The guard as libxml2 finds it behind its context. The parser outlives every call into libxml2.
private func guarded(_ context: UnsafeMutableRawPointer?, _ body: (XMLEventParser) -> Void) {
  guard let context = unsafe context?.assumingMemoryBound(to: xmlParserCtxt.self),
    let parser = unsafe context.pointee._private
  else { return }
  unsafe Unmanaged<XMLEventParser>.fromOpaque(parser)._withUnsafeGuaranteedRef { parser in
    // Events may still come from the slice in which something failed.
    guard parser.failure == nil else { return }
    parser.events += 1
    body(parser)
  }
}

extension XMLEventParser {
  /// Only what is listed here ever happens: no handler declares, resolves or loads anything.
  static func handler() -> xmlSAXHandler {
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe handler.internalSubset = { context, name, _, _ in
      unsafe guarded(context) { unsafe $0.refuseDTD(name) }
    }
    unsafe handler.getEntity = { context, name in
      // Reached for names that are not predefined.
      unsafe guarded(context) { unsafe $0.refuseEntity(name) }
      return nil
    }
    unsafe handler.startDocument = { context in
      unsafe guarded(context) { parser in
        if parser.rows == nil { unsafe xmlSAX2StartDocument(parser.context) }
      }
    }
    unsafe handler.startElementNs = {
      context, name, prefix, uri, namespaceCount, namespaces, attributeCount, defaulted, attributes in
      unsafe guarded(context) { parser in
        guard
          unsafe parser.admit(name, prefix, Int(namespaceCount), namespaces, Int(attributeCount), attributes)
        else { return }
        if let rows = parser.rows, parser.isSkipping {
          guard unsafe rows.open(name, prefix, parser) else { return }
          unsafe rows.withNamespacesInScope(parser) { count, inherited in
            unsafe xmlSAX2StartElementNs(
              parser.context, name, prefix, uri, count, inherited, attributeCount, defaulted, attributes)
          }
        } else {
          unsafe xmlSAX2StartElementNs(
            parser.context, name, prefix, uri, namespaceCount, namespaces, attributeCount, defaulted,
            attributes)
        }
      }
    }
    unsafe handler.endElementNs = { context, name, prefix, uri in
      unsafe guarded(context) { parser in
        let depth = parser.depth
        parser.depth -= 1
        parser.openLines.removeLast()
        parser.textBytes = 0
        guard let rows = parser.rows else {
          unsafe xmlSAX2EndElementNs(parser.context, name, prefix, uri)
          return
        }
        if rows.isInside { unsafe xmlSAX2EndElementNs(parser.context, name, prefix, uri) }
        rows.close(depth: depth, parser)
      }
    }
    unsafe handler.characters = { context, text, count in
      unsafe guarded(context) { parser in
        guard parser.admitText(Int(count)), !parser.isSkipping else { return }
        unsafe xmlSAX2Characters(parser.context, text, count)
      }
    }
    unsafe handler.ignorableWhitespace = unsafe handler.characters
    unsafe handler.comment = { context, text in
      unsafe guarded(context) { parser in
        guard parser.admitNode(), !parser.isSkipping else { return }
        unsafe xmlSAX2Comment(parser.context, text)
      }
    }
    unsafe handler.processingInstruction = { context, target, data in
      unsafe guarded(context) { parser in
        guard parser.admitNode(), !parser.isSkipping else { return }
        unsafe xmlSAX2ProcessingInstruction(parser.context, target, data)
      }
    }
    unsafe handler.serror = { context, error in
      guard let error = unsafe error else { return }
      unsafe guarded(context) { unsafe $0.report(error.pointee) }
    }
    return unsafe handler
  }

  /// Stops at the name of the DTD, before libxml2 reads its first declaration.
  private func refuseDTD(_ name: UnsafePointer<xmlChar>?) {
    let isHTML = unsafe name.map { unsafe xmlStrcasecmp($0, "html") == 0 } ?? false
    let place = position
    if isHTML {
      fail(DocumentError(.syntax, "an HTML page came instead of XML", position: place))
    } else {
      fail(
        DocumentError(
          .forbidden, "a document type declaration (DTD) is not allowed; remove <!DOCTYPE …>", position: place
        ))
    }
    // Here, and only here, libxml2 expects to be stopped: it would go on with the DTD's declarations.
    unsafe xmlStopParser(context)
  }

  private func refuseEntity(_ name: UnsafePointer<xmlChar>?) {
    var quoted = ""
    if let name = unsafe name, unsafe strnlen(name) <= 64 { quoted = unsafe " &\(String(cString: name));" }
    fail(
      DocumentError(
        .forbidden, "the entity\(quoted) is not defined; only amp, lt, gt, quot and apos are",
        position: position))
  }

  /// Counts a start tag against all limits; false when it was refused.
  private func admit(
    _ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ namespaceCount: Int,
    _ namespaces: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ attributeCount: Int,
    _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) -> Bool {
    if !rootSeen {
      rootSeen = true
      rootIsHTML = unsafe xmlStrcasecmp(name, "html") == 0
    }
    depth += 1
    // What stands outside rows is not kept, and every row has its own share.
    if isSkipping { nodes = 0 }
    nodes += 1 + attributeCount + namespaceCount
    textBytes = 0
    unsafe openLines.append(Int(context.pointee.input?.pointee.line ?? 0))
    guard depth <= limits.maxDepth else { return refuse("elements nested deeper than \(limits.maxDepth)") }
    guard nodes <= limits.maxNodes else { return refuse("more than \(limits.maxNodes) nodes") }
    guard attributeCount + namespaceCount <= limits.maxAttributes else {
      fail(tooManyAttributes())
      return false
    }
    guard unsafe isShort(name), unsafe isShort(prefix) else { return refuseName() }
    if let attributes = unsafe attributes {
      // Each is five pointers: name, prefix, namespace, start and end of the value.
      var bytes = 0
      for index in 0..<attributeCount {
        let attribute = unsafe attributes + index * 5
        guard unsafe isShort(attribute[0]), unsafe isShort(attribute[1]) else { return refuseName() }
        if let start = unsafe attribute[3], let end = unsafe attribute[4] { bytes += unsafe end - start }
      }
      guard bytes <= limits.maxAttributeBytes else {
        return refuse("more than \(limits.maxAttributeBytes) bytes of attribute values in one element")
      }
    }
    if let namespaces = unsafe namespaces {
      for index in 0..<namespaceCount {
        guard let uri = unsafe namespaces[index * 2 + 1] else { continue }
        guard let prefix = unsafe namespaces[index * 2] else { continue }
        guard unsafe isShort(prefix) else { return refuseName() }
        let name = unsafe String(cString: prefix)
        if declaredPrefixes[name] == nil { declaredPrefixes[name] = unsafe String(cString: uri) }
      }
    }
    return true
  }

  private func admitText(_ count: Int) -> Bool {
    if textBytes == 0 {
      guard admitNode() else { return false }
    }
    textBytes += count
    guard textBytes <= limits.maxTextBytes else {
      return refuse("more than \(limits.maxTextBytes) bytes of text between two tags")
    }
    return true
  }

  private func admitNode() -> Bool {
    if isSkipping { return true }
    nodes += 1
    return nodes <= limits.maxNodes ? true : refuse("more than \(limits.maxNodes) nodes")
  }

  private func isShort(_ name: UnsafePointer<xmlChar>?) -> Bool {
    guard let name = unsafe name else { return true }
    return unsafe strnlen(name) <= limits.maxNameBytes
  }

  /// The length of the string, or one more than the limit of names.
  private func strnlen(_ text: UnsafePointer<xmlChar>) -> Int {
    var length = 0
    while length <= limits.maxNameBytes, unsafe text[length] != 0 { length += 1 }
    return length
  }

  private func refuse(_ message: String) -> Bool {
    fail(limit(message))
    return false
  }

  private func refuseName() -> Bool {
    refuse("a name longer than \(limits.maxNameBytes) bytes")
  }
}
