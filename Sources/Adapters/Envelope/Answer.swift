import Crypto
public import Documents
import Exchanges

/// A parsed answer, asked by the paths of its manifest.
struct Answer {
  let document: MessageDocument

  /// The text of the first node at the path: a string's content, a number as written, an attribute's or element's text. nil: no such node, or null.
  func text(at path: AnswerPath) throws(DocumentError) -> String? {
    switch (path, document) {
    case (.json(let path), .json(let document)): try path.first(in: document.root)?.scalarText
    case (.xml(let path), .xml(let document)): try path.string(in: document)
    default: preconditionFailure("paths are read in the envelope's format")
    }
  }

  /// Whether anything but null stands at the path; a list or an object is something too.
  func exists(at path: AnswerPath) throws(DocumentError) -> Bool {
    switch (path, document) {
    case (.json(let path), .json(let document)): try path.first(in: document.root).map { !$0.isNull } ?? false
    case (.xml(let path), .xml(let document)): try path.string(in: document) != nil
    default: preconditionFailure("paths are read in the envelope's format")
    }
  }

  /// What the manifest expects and the answer has otherwise is a sign that the platform changed.
  static func reading<Value>(
    _ body: () throws(DocumentError) -> Value
  ) throws(AdapterError) -> Value {
    do throws(DocumentError) {
      return try body()
    } catch {
      throw AdapterError(
        .envelope, .drift, "the answer is not as the manifest says: \(error)",
        remedy:
          "compare the exchange in the journal with the manifest; the platform may have changed its format")
    }
  }

  func integer(at path: AnswerPath) throws(DocumentError) -> Int? {
    try text(at: path).flatMap { Int($0) }
  }

  /// A text or a number where the list of rows should stand gives no rows either, and means something else. null does not:
  /// many platforms write it for an empty list.
  private func refuseScalar(instead path: JSONPath, in document: JSONDocument) throws(DocumentError) {
    let every = "[*]"
    guard path.text.hasSuffix(every) else { return }
    let list = String(path.text.dropLast(every.count))
    for found in try JSONPath(list).nodes(in: document.root) {
      switch found.kind {
      case .string, .number, .boolean:
        throw DocumentError(.wrongKind, "at \(list) stands no list of rows but a single value")
      case .array, .object, .null: break
      }
    }
  }

  /// The number of rows, and a digest of the first and the last, which two different pages do not share.
  func rowsAndDigest(at path: AnswerPath) throws(DocumentError) -> (Int, [UInt8]) {
    var digest = DigestStream(.sha256)
    let count: Int
    switch (path, document) {
    case (.json(let path), .json(let document)):
      let rows = try path.nodes(in: document.root)
      if rows.isEmpty { try refuseScalar(instead: path, in: document) }
      for row in [rows.first, rows.last] { digest.update(row?.writtenBytes ?? []) }
      count = rows.count
    case (.xml(let path), .xml(let document)):
      let rows = try path.elements(in: document)
      for row in [rows.first, rows.last] {
        for attribute in row?.attributes ?? [] {
          digest.update(Array("\(attribute.name)=\(attribute.value);".utf8))
        }
        digest.update(Array((row?.text ?? "").utf8))
      }
      count = rows.count
    default: preconditionFailure("paths are read in the envelope's format")
    }
    return (count, digest.finish())
  }
}

/// An answer that is a success, opened: the message that the mapping sees, and what the page says about paging.
public struct OpenedAnswer {
  public let message: MessageDocument
  public let facts: PageFacts
}
