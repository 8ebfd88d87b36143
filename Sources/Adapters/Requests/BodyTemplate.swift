import Applications
public import Documents
import Exchanges

/// The body of a request, with holes escaped as its format wants it.
public struct BodyTemplate: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case json, xml, form
    /// The message of a push, as its template wrote it.
    case message
    case multipart
  }

  /// A part of a multipart body.
  enum Part: Sendable {
    case text(name: String, TextTemplate)
    case message(name: String, MessageFormat)
    /// One part for each attachment, all under this name.
    case attachments(name: String)
  }

  public let format: Format
  public let charset: Charset
  let pieces: [(template: TextTemplate, escaping: Escaping)]
  /// The form of the push's message, where it is the whole body.
  private(set) var messageFormat: MessageFormat?
  private(set) var parts: [Part] = []

  init(format: Format, charset: Charset, pieces: [(template: TextTemplate, escaping: Escaping)]) {
    self.format = format
    self.charset = charset
    self.pieces = pieces
  }

  init(message: MessageFormat, charset: Charset) {
    self.init(format: .message, charset: charset, pieces: [])
    messageFormat = message
  }

  init(parts: [Part]) {
    self.init(format: .multipart, charset: .utf8, pieces: [])
    self.parts = parts
  }

  public var references: Set<String> {
    var names = pieces.reduce(into: Set<String>()) { $0.formUnion($1.template.references) }
    if format == .message { names.insert(ReservedName.pushMessage) }
    for part in parts {
      switch part {
      case .text(_, let template): names.formUnion(template.references)
      case .message: names.insert(ReservedName.pushMessage)
      case .attachments: break
      }
    }
    return names
  }

  /// The forms in which the message of a push stands in it.
  public var messageFormats: [MessageFormat] {
    [messageFormat].compactMap(\.self)
      + parts.compactMap { if case .message(_, let format) = $0 { format } else { nil } }
  }

  /// `Content-Type`, unless the manifest gives its own.
  ///
  /// - Parameter body: as rendered; the boundary of a multipart body is made of what it holds.
  func contentType(of body: [UInt8]) -> String {
    switch format {
    case .json: Self.contentType(.json, .utf8)
    case .xml: Self.contentType(.xml, charset)
    case .form: "application/x-www-form-urlencoded"
    case .message: Self.contentType(messageFormat ?? .json, charset)
    case .multipart: "multipart/form-data; boundary=\(MultipartWriter.boundary(of: body))"
    }
  }

  static func contentType(_ format: MessageFormat, _ charset: Charset) -> String {
    switch format {
    case .json: "application/json; charset=utf-8"
    case .xml: "text/xml; charset=\(charset == .gb18030 ? "gb18030" : "utf-8")"
    }
  }

  /// What it is once rendered: text only in UTF-8.
  var type: ValueType { charset == .utf8 && format != .message && format != .multipart ? .text : .bytes }

  func render(_ scope: ValueScope) throws(AdapterError) -> [UInt8] {
    switch format {
    case .message: return try scope.value(ReservedName.pushMessage).bytes
    case .multipart: return try multipart(scope)
    case .json, .xml, .form: return try text(scope)
    }
  }

  private func multipart(_ scope: ValueScope) throws(AdapterError) -> [UInt8] {
    var writer = MultipartWriter()
    for part in parts {
      switch part {
      case .text(let name, let template):
        writer.add(name, try template.render(scope, escape: Escaping.none.append))
      case .message(let name, let format):
        writer.add(
          name, try scope.value(ReservedName.pushMessage).bytes, type: Self.contentType(format, .utf8))
      case .attachments(let name):
        for attachment in scope.attachments {
          writer.add(name, attachment.bytes, file: attachment.name, type: attachment.mediaType)
        }
      }
    }
    return writer.finish()
  }

  private func text(_ scope: ValueScope) throws(AdapterError) -> [UInt8] {
    var bytes: [UInt8] = []
    for (template, escaping) in pieces {
      let literals = escaping.holdsText ? escaping : .none
      bytes += try template.render(scope, escape: escaping.append, literals: literals.append)
    }
    guard charset != .utf8 else { return bytes }
    do {
      return try charset.encode(bytes)
    } catch {
      throw AdapterError(
        .expression, .data, "the request cannot be written in \(charset.rawValue): \(error.message)",
        remedy: "take the character out of the value, or declare another charset")
    }
  }
}

/// How a value is made fit for its place, so that it stays a value whatever it holds.
enum Escaping: Sendable {
  case percent
  case json
  /// A number written without quotes.
  case jsonNumber
  /// A JSON value inside another, as it is.
  case jsonValue
  case xml
  case header
  case none

  /// Whether what stands between the holes is a text like the values in them; else it is markup, written as it has to be sent.
  var holdsText: Bool {
    switch self {
    case .percent, .json: true
    case .jsonNumber, .jsonValue, .xml, .header, .none: false
    }
  }

  func append(_ value: [UInt8], to result: inout [UInt8]) throws(AdapterError) {
    switch self {
    case .none: result += value
    case .percent: Self.appendPercentEncoded(value, to: &result)
    case .json:
      var writer = JSONWriter()
      writer.string(utf8: value.span)
      result += writer.takeBytes().dropFirst().dropLast()
    case .jsonNumber:
      guard Self.isNumber(value) else {
        throw AdapterError(
          .expression, .configuration, "a value that must be a number in the request is none",
          remedy: "write it as a text, or correct the setting")
      }
      result += value
    case .jsonValue:
      do throws(DocumentError) {
        _ = try JSONDocument(parsing: value)
      } catch {
        throw AdapterError(
          .expression, .configuration, "a value that must be JSON in the request is none",
          remedy: "write it as a text, or correct what it is made of")
      }
      result += value
    case .xml:
      for byte in value {
        switch byte {
        case UInt8(ascii: "<"): result += "&lt;".utf8
        case UInt8(ascii: ">"): result += "&gt;".utf8
        case UInt8(ascii: "&"): result += "&amp;".utf8
        case UInt8(ascii: "\""): result += "&quot;".utf8
        case 0x09, 0x0A, 0x0D: result += "&#\(byte);".utf8
        case 0..<0x20:
          throw AdapterError(
            .expression, .data, "a value holds a control character, which XML cannot carry",
            remedy: "take it out of the value")
        default: result.append(byte)
        }
      }
    case .header:
      guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw AdapterError(
          .expression, .data, "a value for a header holds a line break or another control character",
          remedy: "take it out of the value, or encode it with base64")
      }
      result += value
    }
  }

  /// `append(_:to:)` in the order of arguments that a template hands over.
  func append(_ result: inout [UInt8], _ value: [UInt8]) throws(AdapterError) {
    try append(value, to: &result)
  }

  static func appendPercentEncoded(_ value: [UInt8], to result: inout [UInt8]) {
    for byte in value {
      if isUnreserved(byte) {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
      }
    }
  }

  private static func isNumber(_ bytes: [UInt8]) -> Bool {
    do throws(DocumentError) {
      return try JSONDocument(parsing: bytes).root.isNumber
    } catch {
      return false
    }
  }

  /// RFC 3986, 2.3.
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func digit(_ half: UInt8) -> UInt8 {
    half < 10 ? 0x30 + half : 0x41 + half - 10
  }
}
