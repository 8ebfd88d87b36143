import CXML2

extension XMLEventParser {
  /// Where libxml2 stands now. Line and column are its own count; the offset is exact.
  var position: DocumentPosition {
    guard let input = unsafe context.pointee.input else {
      return DocumentPosition(line: 1, column: 1, offset: 0)
    }
    return unsafe DocumentPosition(
      line: max(Int(input.pointee.line), 1), column: max(Int(input.pointee.col), 1),
      offset: max(xmlByteConsumed(context), 0))
  }

  func limit(_ message: String) -> DocumentError {
    DocumentError(.limit, message, position: position)
  }

  func tooManyAttributes() -> DocumentError {
    limit("an element has more than \(limits.maxAttributes) attributes")
  }

  /// Keeps the first failure and stops all further events.
  ///
  /// libxml2 is not stopped by `xmlStopParser`, which frees the buffer under functions that still point into it.
  /// With an error set and events switched off it returns as soon as the tag or text at hand is done, so that not
  /// even a DTD behind a fault in the prolog is looked at.
  func fail(_ error: DocumentError) {
    guard failure == nil else { return }
    failure = error
    unsafe context.pointee.disableSAX = 1
    if unsafe context.pointee.errNo == 0 { unsafe context.pointee.errNo = Int32(XML_ERR_USER_STOP.rawValue) }
  }

  /// What libxml2 reports: fatal errors, and those of namespaces, which it would let pass.
  func report(_ error: xmlError) {
    let isNamespace = unsafe error.domain == Int32(XML_FROM_NAMESPACE.rawValue)
    let refused =
      unsafe error.level == XML_ERR_FATAL
      || (isNamespace && error.level == XML_ERR_ERROR && error.code != Int32(XML_WAR_NS_URI.rawValue))
    guard refused, failure == nil else { return }
    unsafe fail(syntaxError(error))
  }

  private func syntaxError(_ error: xmlError) -> DocumentError {
    let code = unsafe xmlParserErrors(rawValue: UInt32(max(error.code, 0)))
    if code == XML_ERR_NO_MEMORY { return DocumentError(.library, "libxml2 ran out of memory") }
    var message: String
    if code == XML_ERR_DOCUMENT_EMPTY || (code == XML_ERR_DOCUMENT_END && !rootSeen) {
      message = "there is no XML element; the document is empty or not XML"
    } else if let line = openLines.last, Self.meansTruncated(code, atEnd: isAtEnd) {
      message = "the document ends inside an element opened on line \(line); it is cut off"
    } else if !rootSeen, isAtEnd, Self.meansTruncated(code, atEnd: true) {
      message = "the document ends inside its first tag; it is cut off"
    } else if code == XML_ERR_DOCUMENT_END {
      message = "something follows the end of the root element; a document has one root"
    } else {
      message = unsafe XMLErrorText.message(code, Self.name(error.str1), Self.name(error.str2))
    }
    if rootIsHTML { message = "an HTML page came instead of XML: \(message)" }
    return DocumentError(.syntax, message, position: position)
  }

  private var isAtEnd: Bool {
    guard let input = unsafe context.pointee.input else { return true }
    return unsafe input.pointee.cur >= input.pointee.end
  }

  private static func meansTruncated(_ code: xmlParserErrors, atEnd: Bool) -> Bool {
    switch code {
    case XML_ERR_DOCUMENT_END, XML_ERR_TAG_NOT_FINISHED: true
    case XML_ERR_GT_REQUIRED, XML_ERR_NAME_REQUIRED, XML_ERR_SPACE_REQUIRED, XML_ERR_ATTRIBUTE_NOT_STARTED,
      XML_ERR_ATTRIBUTE_WITHOUT_VALUE, XML_ERR_ATTRIBUTE_NOT_FINISHED, XML_ERR_ENTITYREF_SEMICOL_MISSING,
      XML_ERR_CDATA_NOT_FINISHED, XML_ERR_COMMENT_NOT_FINISHED, XML_ERR_PI_NOT_FINISHED,
      XML_ERR_LTSLASH_REQUIRED:
      atEnd
    default: false
    }
  }

  /// A name quoted in messages; what is no name (libxml2 puts values there, too) is left out.
  private static func name(_ text: UnsafeMutablePointer<CChar>?) -> String? {
    guard let text = unsafe text else { return nil }
    let name = unsafe String(cString: text)
    let isName = !name.isEmpty && name.utf8.count <= 64 && !name.contains { " \t\r\n<>&\"'=/".contains($0) }
    return isName ? name : nil
  }
}
