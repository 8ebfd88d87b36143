import CXML2
import Glibc

/// An attribute of an element. Namespace declarations are not attributes.
public struct XMLAttribute: Hashable {
  /// As written, prefix included.
  public let name: String
  public let namespace: String?
  public let value: String
}

extension XMLElement {
  /// The value of the attribute with that name as written: `name` or `prefix:name`. Nil when it is not there; an
  /// empty value is "".
  public func attribute(_ name: String) -> String? {
    guard let attribute = unsafe find(name) else { return nil }
    return unsafe Self.value(attribute)
  }

  /// The value of the attribute `name` (without prefix) in `namespace`.
  public func attribute(_ name: String, namespace: String) -> String? {
    guard let value = unsafe xmlGetNsProp(node, name, namespace) else { return nil }
    return unsafe XMLLibrary.take(value)
  }

  /// Lends the UTF-8 bytes of the attribute's value; nil when it is not there.
  public func withAttributeUTF8<Result>(
    _ name: String, _ body: (Span<UInt8>) throws -> Result
  ) rethrows -> Result? {
    guard let attribute = unsafe find(name) else { return nil }
    if let content = unsafe Self.content(attribute) {
      let bytes = unsafe UnsafeBufferPointer(start: content, count: strlen(content))
      return try unsafe body(Span(_unsafeElements: bytes))
    }
    let bytes = unsafe Array(Self.value(attribute).utf8)
    return try body(bytes.span)
  }

  /// All attributes in the order written.
  public var attributes: [XMLAttribute] {
    var attributes: [XMLAttribute] = []
    var next = unsafe node.pointee.properties
    while let attribute = unsafe next {
      unsafe attributes.append(Self.attribute(attribute))
      unsafe next = attribute.pointee.next
    }
    return attributes
  }

  /// Calls `body` with name and value of each attribute as UTF-8 bytes, in the order written.
  public func forEachAttributeUTF8(_ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) throws -> Void)
    rethrows
  {
    var next = unsafe node.pointee.properties
    while let attribute = unsafe next {
      unsafe next = attribute.pointee.next
      let name = unsafe attribute.pointee.name
      let nameBytes = unsafe UnsafeBufferPointer(start: name, count: name.map { unsafe strlen($0) } ?? 0)
      if unsafe attribute.pointee.ns == nil, let content = unsafe Self.content(attribute) {
        let value = unsafe UnsafeBufferPointer(start: content, count: strlen(content))
        try unsafe body(Span(_unsafeElements: nameBytes), Span(_unsafeElements: value))
      } else {
        let prefix =
          unsafe attribute.pointee.ns?.pointee.prefix.map { unsafe String(cString: $0) + ":" } ?? ""
        let written = unsafe Array(prefix.utf8) + Array(nameBytes)
        let value = unsafe Array(Self.value(attribute).utf8)
        try body(written.span, value.span)
      }
    }
  }

  private func find(_ name: String) -> UnsafeMutablePointer<xmlAttr>? {
    var written = name
    return written.withUTF8 { bytes in
      var next = unsafe node.pointee.properties
      while let attribute = unsafe next {
        if unsafe attribute.pointee.ns == nil {
          if let own = unsafe attribute.pointee.name, unsafe XMLName.equals(own, bytes) {
            return unsafe attribute
          }
        } else if unsafe XMLName.equals(attribute.pointee.name, attribute.pointee.ns?.pointee.prefix, name) {
          return unsafe attribute
        }
        unsafe next = attribute.pointee.next
      }
      return nil
    }
  }

  /// The value where it stands in one piece, as it does unless libxml2 had to split it.
  private static func content(_ attribute: UnsafeMutablePointer<xmlAttr>) -> UnsafePointer<xmlChar>? {
    guard let child = unsafe attribute.pointee.children, unsafe child.pointee.next == nil else { return nil }
    guard unsafe child.pointee.type == XML_TEXT_NODE else { return nil }
    return unsafe UnsafePointer(child.pointee.content)
  }

  static func attribute(_ attribute: UnsafeMutablePointer<xmlAttr>) -> XMLAttribute {
    let prefix = unsafe attribute.pointee.ns?.pointee.prefix.map { unsafe String(cString: $0) + ":" } ?? ""
    let namespace = unsafe attribute.pointee.ns?.pointee.href.map { unsafe String(cString: $0) }
    return unsafe XMLAttribute(
      name: prefix + String(cString: attribute.pointee.name), namespace: namespace, value: value(attribute))
  }

  static func value(_ attribute: UnsafeMutablePointer<xmlAttr>) -> String {
    if let content = unsafe content(attribute) { return unsafe String(cString: content) }
    guard unsafe attribute.pointee.children != nil else { return "" }
    return unsafe XMLLibrary.take(xmlNodeListGetString(attribute.pointee.doc, attribute.pointee.children, 1))
  }
}
