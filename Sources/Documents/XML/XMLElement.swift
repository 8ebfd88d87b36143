import CXML2
import Glibc

/// An element of a document, which it keeps alive.
@safe public struct XMLElement {
  public let document: XMLDocument
  let node: UnsafeMutablePointer<xmlNode>

  init(document: XMLDocument, node: UnsafeMutablePointer<xmlNode>) {
    self.document = document
    unsafe self.node = node
  }

  /// The name without prefix.
  public var name: String { unsafe String(cString: node.pointee.name) }

  public var prefix: String? {
    guard let prefix = unsafe node.pointee.ns?.pointee.prefix else { return nil }
    return unsafe String(cString: prefix)
  }

  /// The namespace's address; nil in no namespace.
  public var namespace: String? {
    guard let address = unsafe node.pointee.ns?.pointee.href, unsafe address[0] != 0 else { return nil }
    return unsafe String(cString: address)
  }

  /// The name as written, prefix included.
  public var qualifiedName: String {
    prefix.map { "\($0):\(name)" } ?? name
  }

  /// Whether the name without prefix is `name`, compared as bytes.
  public func isNamed(_ name: StaticString) -> Bool {
    unsafe strcmp(node.pointee.name, name.utf8Start) == 0
  }

  /// All text inside, that of descendants included: the string value of XPath.
  public var text: String {
    // Nearly always the element holds one text and nothing else.
    guard let child = unsafe node.pointee.children else { return "" }
    if unsafe child.pointee.next == nil, unsafe child.pointee.type == XML_TEXT_NODE {
      guard let content = unsafe child.pointee.content else { return "" }
      return unsafe String(cString: content)
    }
    return unsafe XMLLibrary.take(xmlXPathCastNodeToString(node))
  }

  /// The line on which the start tag ends; 65535 stands for any line beyond, unless a text follows that knows better.
  public var line: Int { unsafe max(Int(xmlGetLineNo(node)), 1) }

  public var parent: XMLElement? {
    guard let parent = unsafe node.pointee.parent, unsafe parent.pointee.type == XML_ELEMENT_NODE else {
      return nil
    }
    return unsafe XMLElement(document: document, node: parent)
  }

  /// The child elements, in document order.
  public var children: Children {
    unsafe Children(document: document, next: node.pointee.children, name: nil)
  }

  /// The child elements with that name, which is written as in the document: `name` or `prefix:name`.
  public func children(named name: String) -> Children {
    unsafe Children(document: document, next: node.pointee.children, name: name)
  }

  public func firstChild(named name: String) -> XMLElement? {
    children(named: name).first { _ in true }
  }

  @safe public struct Children: Sequence, IteratorProtocol {
    private let document: XMLDocument
    private var pending: UnsafeMutablePointer<xmlNode>?
    private let name: String?

    init(document: XMLDocument, next: UnsafeMutablePointer<xmlNode>?, name: String?) {
      self.document = document
      unsafe pending = next
      self.name = name
    }

    public mutating func next() -> XMLElement? {
      while let node = unsafe pending {
        unsafe pending = node.pointee.next
        guard unsafe node.pointee.type == XML_ELEMENT_NODE else { continue }
        if let name {
          guard unsafe XMLName.equals(node.pointee.name, node.pointee.ns?.pointee.prefix, name) else {
            continue
          }
        }
        return unsafe XMLElement(document: document, node: node)
      }
      return nil
    }
  }
}

extension XMLElement: Hashable {
  /// The same element of the same document.
  public static func == (left: XMLElement, right: XMLElement) -> Bool {
    unsafe left.node == right.node
  }

  public func hash(into hasher: inout Hasher) {
    unsafe hasher.combine(node)
  }
}
