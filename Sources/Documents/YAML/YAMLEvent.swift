/// What libyaml met next, in Swift's terms.
struct YAMLEvent {
  enum Kind {
    case streamStart
    case streamEnd
    case documentStart(declaresTags: Bool)
    case documentEnd
    case alias(String)
    case scalar(String, YAMLNode.ScalarStyle)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
  }

  var kind: Kind
  var line: Int
  var column: Int
  /// Unicode scalars before the event: libyaml counts no bytes.
  var scalarIndex: Int
  /// The anchor (`&name`) and the tag (`!name`) put on the node.
  var anchor: String?
  var tag: String?
}
