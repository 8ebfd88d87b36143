import CXML2

extension XMLElement {
  /// A parent and a name: what positions are counted among.
  @safe struct SiblingKey: Hashable {
    let parent: UnsafeMutablePointer<xmlNode>
    let name: UnsafePointer<xmlChar>
    let namespace: UnsafeMutablePointer<xmlNs>?

    init(parent: UnsafeMutablePointer<xmlNode>, like node: UnsafeMutablePointer<xmlNode>) {
      unsafe self.parent = parent
      unsafe name = node.pointee.name
      unsafe namespace = node.pointee.ns
    }

    // Written out because what the compiler would synthesize is not marked as memory-safe.
    static func == (left: SiblingKey, right: SiblingKey) -> Bool {
      unsafe left.parent == right.parent && left.name == right.name && left.namespace == right.namespace
    }

    func hash(into hasher: inout Hasher) {
      unsafe hasher.combine(parent)
      unsafe hasher.combine(name)
    }
  }

  @safe struct CountedPosition {
    let node: UnsafeMutablePointer<xmlNode>
    let position: Int

    init(node: UnsafeMutablePointer<xmlNode>, position: Int) {
      unsafe self.node = node
      self.position = position
    }
  }

  /// Where the element stands, with its position among siblings of the same name unless it is the only one:
  /// `/Message/Data/KTT_FW_H[4]`. Names are as written, prefix included; `XMLDocument.element(at:)` finds it again.
  public var path: String {
    guard let parent else { return document.rootPath ?? "/" + qualifiedName }
    let position = self.position
    let step = "/" + qualifiedName
    if position == 1, !hasLaterNamesake { return parent.path + step }
    return parent.path + step + "[\(position)]"
  }

  /// Counted from 1 among the siblings of the same name. Quick when siblings are asked one after the other.
  public var position: Int {
    guard let parent = unsafe node.pointee.parent else { return 1 }
    let key = unsafe SiblingKey(parent: parent, like: node)
    let counted = document.countedPositions[key]
    var position = 1
    var previous = unsafe node.pointee.prev
    if let counted, unsafe counted.node == node { return counted.position }
    while let sibling = unsafe previous {
      if let counted, unsafe counted.node == sibling {
        position += counted.position
        break
      }
      if unsafe isNamesake(sibling) { position += 1 }
      unsafe previous = sibling.pointee.prev
    }
    document.countedPositions[key] = unsafe CountedPosition(node: node, position: position)
    return position
  }

  private var hasLaterNamesake: Bool {
    var next = unsafe node.pointee.next
    while let sibling = unsafe next {
      if unsafe isNamesake(sibling) { return true }
      unsafe next = sibling.pointee.next
    }
    return false
  }

  private func isNamesake(_ other: UnsafeMutablePointer<xmlNode>) -> Bool {
    guard unsafe other.pointee.type == XML_ELEMENT_NODE else { return false }
    // Names stand in the document's dictionary once; a namespace may be declared several times.
    guard unsafe other.pointee.name == node.pointee.name else { return false }
    let mine = unsafe node.pointee.ns?.pointee.prefix
    let its = unsafe other.pointee.ns?.pointee.prefix
    return unsafe mine == its || (mine != nil && its != nil && xmlStrEqual(mine, its) != 0)
  }
}
