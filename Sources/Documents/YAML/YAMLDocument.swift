/// One YAML document of configuration: positions kept, scalars untyped, and only the plain subset of YAML.
///
/// Refused with the place and a remedy: repeated keys, anchors, aliases, tags, merge keys, keys that are not
/// scalars, several documents in a file, invalid UTF-8, and whatever exceeds the limits.
public struct YAMLDocument: Sendable {
  public let root: YAMLNode

  /// Throws the first problem.
  ///
  /// - Parameter file: the name that marks and diagnostics carry.
  public init(parsing bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()) throws(DocumentError) {
    var problems: [DocumentError] = []
    let root = Self.parse(bytes, file: file, limits: limits, &problems)
    if let first = problems.first { throw first }
    guard let root else { preconditionFailure("a document without a root has a problem") }
    self.root = root
  }

  public init(parsing text: String, file: String, limits: YAMLLimits = YAMLLimits()) throws(DocumentError) {
    try self.init(parsing: Array(text.utf8), file: file, limits: limits)
  }

  /// Nil when anything is wrong; then `diagnostics` has every problem found.
  public init?(
    parsing bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits(), diagnostics: Diagnostics
  ) {
    var problems: [DocumentError] = []
    let root = Self.parse(bytes, file: file, limits: limits, &problems)
    for problem in problems { diagnostics.report(problem, file: file) }
    guard let root, problems.isEmpty else { return nil }
    self.root = root
  }

  /// Nil only with a problem.
  private static func parse(
    _ bytes: [UInt8], file: String, limits: YAMLLimits, _ problems: inout [DocumentError]
  ) -> YAMLNode? {
    do throws(DocumentError) {
      var builder = try YAMLTreeBuilder(readable(bytes, limits), file: file, limits: limits)
      do throws(DocumentError) {
        let root = try builder.build()
        problems = builder.problems
        return root
      } catch {
        problems = builder.problems + [error]
      }
    } catch {
      problems = [error]
    }
    return nil
  }

  /// The bytes as UTF-8 without a byte order mark.
  private static func readable(_ bytes: [UInt8], _ limits: YAMLLimits) throws(DocumentError) -> ArraySlice<
    UInt8
  > {
    guard bytes.count <= limits.maxBytes else {
      throw DocumentError(.limit, "\(bytes.count) bytes are more than the \(limits.maxBytes) allowed")
    }
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      let position = DocumentPosition(offset: error.byteOffsets.lowerBound, in: bytes.span)
      throw DocumentError(
        .damagedCharacter, "byte \(position.offset) is not valid UTF-8; save the file as UTF-8",
        position: position)
    }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  }
}
