/// Reads the rows of an XML page of any size as it comes, in pieces; memory holds one row at a time.
///
///     let reader = try XMLRowReader(paths: ["/Message/Head", "/Message/Data/KTT_FW_H"])
///     for try await piece in body { try reader.feed(piece) { row in … } }
///     try reader.finish { row in … }
///
/// Each row is a small document of its own: its parents and siblings are not there. Everything outside the rows is
/// checked and forgotten. After an error, thrown by the reader or by the caller, the reader is of no further use.
public final class XMLRowReader {
  public struct Row {
    public let element: XMLElement
    /// Which of the reader's paths led here.
    public let pathIndex: Int
    /// Where the row stands in the whole document: `/Message/Data/KTT_FW_H[4]`.
    public var path: String { element.path }
  }

  private let parser: XMLEventParser
  private let rows: XMLRowBuilder
  private var decoder: XMLChunkDecoder
  private var failure: DocumentError?

  /// - Parameters:
  ///   - paths: of the rows, from the root on, names as written; none may lead into another's rows.
  ///   - charset: overrides the document's declaration.
  ///   - maxRowBytes: of one row, in UTF-8.
  public init(
    paths: [String], charset: Charset? = nil, limits: XMLLimits = .stream, maxRowBytes: Int = 16 << 20
  ) throws(DocumentError) {
    var parsed: [XMLRowPath] = []
    for path in paths { parsed.append(try XMLRowPath(path)) }
    for (index, path) in parsed.enumerated() {
      for (other, longer) in parsed.enumerated() where other != index && longer.steps.starts(with: path.steps)
      {
        throw DocumentError(
          .expression, "the row path \(paths[other]) leads into the rows of \(paths[index])")
      }
    }
    rows = XMLRowBuilder(paths: parsed, maxRowBytes: maxRowBytes)
    parser = try XMLEventParser(limits: limits, rows: rows)
    decoder = XMLChunkDecoder(override: charset)
  }

  /// Takes the next bytes of the page and hands out the rows they complete.
  public func feed(_ bytes: [UInt8], _ body: (Row) throws -> Void) throws {
    try guarded {
      let text = try decoder.decode(bytes)
      try deliver(text, body)
    }
  }

  /// Says that the page is complete; a page cut off is an error.
  public func finish(_ body: (Row) throws -> Void) throws {
    try guarded {
      let text = try decoder.decode([], isLast: true)
      try deliver(text, body)
      try parser.finish()
    }
  }

  private func deliver(_ text: [UInt8], _ body: (Row) throws -> Void) throws {
    try unsafe text.withUnsafeBufferPointer { buffer in
      try unsafe parser.feed(buffer) {
        let finished = rows.finished
        guard !finished.isEmpty else { return }
        rows.finished.removeAll(keepingCapacity: true)
        for row in finished { try body(Row(element: row.document.root, pathIndex: row.pathIndex)) }
      }
    }
  }

  /// Keeps the reader from going on after an error.
  private func guarded(_ body: () throws -> Void) throws {
    if let failure { throw failure }
    failure = DocumentError(.library, "the row reader was used after an error")
    try body()
    failure = nil
  }
}
