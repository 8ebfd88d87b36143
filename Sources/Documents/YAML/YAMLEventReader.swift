import CYAML

/// Owns a libyaml parser over bytes it keeps alive, and hands out its events one by one.
@safe struct YAMLEventReader: ~Copyable {
  // The parser holds pointers to itself and to the input, so both live at fixed addresses.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  private let bytesBefore: Int

  /// `bytes` must be valid UTF-8 without a byte order mark; `startIndex` of the slice is what stands before it.
  init(_ bytes: ArraySlice<UInt8>) throws(DocumentError) {
    bytesBefore = bytes.startIndex
    unsafe parser = .allocate(capacity: 1)
    unsafe input = .allocate(capacity: bytes.count)
    _ = unsafe input.initialize(from: bytes)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe input.deallocate()
      unsafe parser.deallocate()
      throw DocumentError(.library, "libyaml could not start: out of memory")
    }
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event; none may be asked for after `streamEnd` or an error.
  mutating func next() throws(DocumentError) -> YAMLEvent {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem() }
    defer { unsafe yaml_event_delete(&event) }
    let mark = unsafe event.start_mark
    var result = YAMLEvent(
      kind: .streamEnd, line: mark.line + 1, column: mark.column + 1, scalarIndex: mark.index)
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT:
      result.kind = .streamStart
    case YAML_DOCUMENT_START_EVENT:
      let tags = unsafe event.data.document_start.tag_directives
      result.kind = unsafe .documentStart(declaresTags: tags.start != tags.end)
    case YAML_DOCUMENT_END_EVENT:
      result.kind = .documentEnd
    case YAML_ALIAS_EVENT:
      result.kind = unsafe .alias(Self.text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      result.kind = unsafe .scalar(String(decoding: bytes, as: UTF8.self), Self.style(scalar.style))
      result.anchor = unsafe Self.text(scalar.anchor)
      result.tag = unsafe Self.text(scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      result.kind = .sequenceStart
      result.anchor = unsafe Self.text(event.data.sequence_start.anchor)
      result.tag = unsafe Self.text(event.data.sequence_start.tag)
    case YAML_SEQUENCE_END_EVENT:
      result.kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      result.kind = .mappingStart
      result.anchor = unsafe Self.text(event.data.mapping_start.anchor)
      result.tag = unsafe Self.text(event.data.mapping_start.tag)
    case YAML_MAPPING_END_EVENT:
      result.kind = .mappingEnd
    default:
      break
    }
    return result
  }

  /// A position with the byte offset that libyaml does not know, found by counting.
  func position(line: Int, column: Int, scalarIndex: Int) -> DocumentPosition {
    var offset = 0
    var scalars = 0
    while unsafe offset < input.count {
      if unsafe input[offset] & 0xC0 != 0x80 {
        if scalars == scalarIndex { break }
        scalars += 1
      }
      offset += 1
    }
    return DocumentPosition(line: line, column: column, offset: bytesBefore + offset)
  }

  /// What libyaml says is wrong. Its texts name grammar, never values.
  private func problem() -> DocumentError {
    let parser = unsafe self.parser.pointee
    var message = "not valid YAML"
    if let text = unsafe parser.problem { message += unsafe ": \(String(cString: text))" }
    if let text = unsafe parser.context {
      let line = unsafe parser.context_mark.line + 1
      message += unsafe " (\(String(cString: text)), line \(line))"
    }
    switch unsafe parser.error {
    case YAML_MEMORY_ERROR:
      return DocumentError(.library, "libyaml ran out of memory")
    case YAML_READER_ERROR:
      // The reader knows the offset only, and looks ahead of the scanner's mark.
      let bytes = unsafe Span(_unsafeElements: UnsafeBufferPointer(input))
      var position = unsafe DocumentPosition(offset: parser.problem_offset, in: bytes)
      position.offset += bytesBefore
      return DocumentError(.syntax, message, position: position)
    default:
      let mark = unsafe parser.problem_mark
      return DocumentError(
        .syntax, message,
        position: position(line: mark.line + 1, column: mark.column + 1, scalarIndex: mark.index))
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
  }

  private static func style(_ style: yaml_scalar_style_t) -> YAMLNode.ScalarStyle {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }
}
