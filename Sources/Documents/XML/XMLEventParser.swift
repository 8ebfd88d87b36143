import CXML2

/// libxml2's push parser behind a guard: every event passes the limits before anything is built from it, a DTD
/// ends the parse at its first word, and nothing but the five predefined entities exists.
///
/// It takes UTF-8 only (the encoding declaration is ignored; see `XMLInputDecoder`) and builds either the tree of
/// the whole document or, with `rows`, the subtrees of rows alone.
@safe final class XMLEventParser {
  /// Bytes given to libxml2 at a time. Failures met in callbacks take effect at the end of a slice.
  static let sliceBytes = 16 << 10

  let context: UnsafeMutablePointer<xmlParserCtxt>
  let limits: XMLLimits
  let rows: XMLRowBuilder?

  /// The first thing that was wrong. The offset of its position is one of the UTF-8 text.
  var failure: DocumentError?
  /// Anything libxml2 told us, to notice silence.
  var events = 0
  var nodes = 0
  var depth = 0
  /// Bytes of text since the last tag.
  var textBytes = 0
  /// Where the open elements begin, for the message about a document that ends too early.
  var openLines: [Int] = []
  var rootSeen = false
  var rootIsHTML = false
  /// Prefixes declared anywhere; the first declaration of each.
  var declaredPrefixes: [String: String] = [:]

  private var fedBytes = 0
  private var silentBytes = 0

  init(limits: XMLLimits, rows: XMLRowBuilder? = nil) throws(DocumentError) {
    guard XMLLibrary.isReady else { throw DocumentError(.library, "libxml2 could not start") }
    self.limits = limits
    self.rows = rows
    var handler = unsafe Self.handler()
    guard let context = unsafe xmlCreatePushParserCtxt(&handler, nil, nil, 0, nil) else {
      throw DocumentError(.library, "libxml2 could not start: out of memory")
    }
    unsafe self.context = context
    // NOENT: character references and the predefined entities arrive as characters, in attributes too. There are
    // no other entities to substitute. NOCDATA: CDATA sections join the text around them, as XPath wants it.
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue | XML_PARSE_NOCDATA.rawValue
      | XML_PARSE_IGNORE_ENC.rawValue | XML_PARSE_COMPACT.rawValue | XML_PARSE_BIG_LINES.rawValue
    unsafe xmlCtxtUseOptions(context, Int32(options))
    // Without this libxml2 would guess UTF-16 and others from the first four bytes.
    unsafe xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
    unsafe context.pointee._private = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    if let document = unsafe context.pointee.myDoc { unsafe xmlFreeDoc(document) }
    unsafe context.pointee.myDoc = nil
    unsafe xmlFreeParserCtxt(context)
  }

  /// Whether what comes now is checked and forgotten, being outside the rows.
  var isSkipping: Bool {
    if let rows { !rows.isInside } else { false }
  }

  /// Parses the next bytes of UTF-8 text, calling `afterSlice` each time a slice went well.
  func feed(_ bytes: UnsafeBufferPointer<UInt8>, afterSlice: () throws -> Void) throws {
    var start = 0
    while start < bytes.count {
      let count = min(Self.sliceBytes, bytes.count - start)
      try unsafe feed(slice: UnsafeBufferPointer(rebasing: bytes[start..<start + count]))
      try afterSlice()
      start += count
    }
  }

  func feed(_ bytes: UnsafeBufferPointer<UInt8>) throws(DocumentError) {
    var start = 0
    while start < bytes.count {
      let count = min(Self.sliceBytes, bytes.count - start)
      try unsafe feed(slice: UnsafeBufferPointer(rebasing: bytes[start..<start + count]))
      start += count
    }
  }

  /// Says that the document is complete.
  func finish() throws(DocumentError) {
    unsafe xmlParseChunk(context, nil, 0, 1)
    try check()
  }

  /// The finished tree, which the caller now owns.
  func takeDocument() -> UnsafeMutablePointer<xmlDoc>? {
    let document = unsafe context.pointee.myDoc
    unsafe context.pointee.myDoc = nil
    return unsafe document
  }

  private func feed(slice: UnsafeBufferPointer<UInt8>) throws(DocumentError) {
    fedBytes += slice.count
    guard fedBytes <= limits.maxBytes else {
      throw limit("more than \(limits.maxBytes) bytes")
    }
    let before = events
    unsafe slice.withMemoryRebound(to: CChar.self) { slice in
      _ = unsafe xmlParseChunk(context, slice.baseAddress, Int32(slice.count), 0)
    }
    rows?.checkSize(self)
    try check()
    silentBytes = events == before ? silentBytes + slice.count : 0
    guard silentBytes <= limits.maxSilentBytes else {
      throw limit("\(silentBytes) bytes without a tag or a text")
    }
    try inspectPendingTag()
  }

  /// An unfinished tag waits in libxml2's buffer. Its attributes are counted before libxml2 gets to compare each
  /// with all others, which takes seconds for the thousands that fit the silence limit.
  private func inspectPendingTag() throws(DocumentError) {
    guard let input = unsafe context.pointee.input, let start = unsafe input.pointee.cur else { return }
    guard let end = unsafe input.pointee.end, unsafe end - start >= Self.sliceBytes / 2 else { return }
    guard unsafe start[0] == UInt8(ascii: "<"), unsafe start[1] != UInt8(ascii: "!") else { return }
    guard unsafe start[1] != UInt8(ascii: "?") else { return }
    var attributes = 0
    var quote: UInt8 = 0
    var position = unsafe start
    while unsafe position < end {
      let byte = unsafe position.pointee
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: "=") {
        attributes += 1
      } else if byte == UInt8(ascii: ">") {
        return
      }
      unsafe position += 1
    }
    if attributes > limits.maxAttributes { throw tooManyAttributes() }
  }

  private func check() throws(DocumentError) {
    if let failure { throw failure }
    let code = unsafe context.pointee.errNo
    // Warnings and what is only invalid, not malformed, set errNo too.
    guard unsafe context.pointee.wellFormed == 0 else { return }
    throw DocumentError(.syntax, "not well-formed XML (libxml2 error \(code))", position: position)
  }
}
