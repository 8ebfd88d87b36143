import CXML2

/// Our words for libxml2's error codes. Its own messages may quote the document's values; these quote names only.
enum XMLErrorText {
  /// - Parameters:
  ///   - first: the names libxml2 gives with the error; which, depends on the code.
  static func message(_ code: xmlParserErrors, _ first: String?, _ second: String?) -> String {
    switch code {
    case XML_ERR_TAG_NAME_MISMATCH:
      "the end tag \(name(second, "</", ">")) does not match the start tag \(name(first, "<", ">"))"
    case XML_ERR_UNDECLARED_ENTITY, XML_WAR_UNDECLARED_ENTITY:
      "the entity \(name(first, "&", ";")) is not defined; only amp, lt, gt, quot and apos are"
    case XML_ERR_ATTRIBUTE_REDEFINED, XML_NS_ERR_ATTRIBUTE_REDEFINED:
      "the attribute \(name(first)) is given twice"
    case XML_ERR_ATTRIBUTE_WITHOUT_VALUE: "the attribute \(name(first)) has no value"
    case XML_ERR_ATTRIBUTE_NOT_STARTED: "an attribute value must stand in quotes"
    case XML_ERR_ATTRIBUTE_NOT_FINISHED: "an attribute value has no closing quote"
    case XML_ERR_LT_IN_ATTRIBUTE: "a < stands in an attribute value; write &lt;"
    case XML_NS_ERR_UNDEFINED_NAMESPACE: "the namespace prefix \(name(first)) is not declared"
    case XML_NS_ERR_XML_NAMESPACE, XML_NS_ERR_EMPTY, XML_ERR_NS_DECL_ERROR: "a namespace is declared wrongly"
    case XML_NS_ERR_QNAME, XML_NS_ERR_COLON: "a name has a colon in the wrong place"
    case XML_ERR_INVALID_CHAR: "a character, or a reference to one, that XML does not allow"
    case XML_ERR_INVALID_CHARREF, XML_ERR_INVALID_DEC_CHARREF, XML_ERR_INVALID_HEX_CHARREF:
      "a character reference (&#…;) does not name a character of XML"
    case XML_ERR_ENTITYREF_SEMICOL_MISSING: "an entity reference has no semicolon; write &amp; for a plain &"
    case XML_ERR_NAME_REQUIRED: "a name is missing; write &amp; for a plain & and &lt; for a plain <"
    case XML_ERR_SPACE_REQUIRED: "a blank is missing, probably between two attributes"
    case XML_ERR_GT_REQUIRED: "a tag is not closed with >"
    case XML_ERR_LTSLASH_REQUIRED, XML_ERR_TAG_NOT_FINISHED: "an end tag is missing"
    case XML_ERR_MISPLACED_CDATA_END: "]]> stands in a text; write ]]&gt;"
    case XML_ERR_CDATA_NOT_FINISHED: "a CDATA section is not closed"
    case XML_ERR_COMMENT_NOT_FINISHED: "a comment is not closed"
    case XML_ERR_HYPHEN_IN_COMMENT: "-- stands inside a comment"
    case XML_ERR_PI_NOT_FINISHED: "a processing instruction is not closed"
    case XML_ERR_RESERVED_XML_NAME: "the XML declaration may only stand at the very beginning"
    case XML_ERR_XMLDECL_NOT_FINISHED, XML_ERR_VERSION_MISSING, XML_ERR_UNKNOWN_VERSION,
      XML_ERR_ENCODING_NAME, XML_ERR_STANDALONE_VALUE:
      "the XML declaration is wrong"
    case XML_ERR_NAME_TOO_LONG: "a name is longer than libxml2 takes"
    default: "not well-formed XML (libxml2 error \(code.rawValue))"
    }
  }

  private static func name(_ name: String?, _ before: String = "'", _ after: String = "'") -> String {
    name.map { before + $0 + after } ?? ""
  }
}
