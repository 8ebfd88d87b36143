public import Applications
public import Documents

/// A template, checked and compiled: makes a platform's message of a record. Immutable and usable by any number of threads at once.
public struct CompiledTemplate: Sendable {
  /// The place below `Mappings`: `hangzhou-permits/route-planning`.
  public let name: String
  /// Raised by the author when the meaning changes.
  public let version: Int
  public let title: String
  public let record: ApplicationKind
  public let format: MessageFormat
  /// Of the message; UTF-8 for JSON.
  public let charset: Charset
  /// The sources of the template and of the code lists it uses, from which ``init(bundle:)`` compiles it again. The same sources give the same bytes.
  public let bundle: [UInt8]
  /// The same sources without the places of their files: equal for templates that say the same, wherever they lie.
  public let content: [UInt8]
  /// The names of the code lists it uses, in order.
  public let codeLists: [String]

  let body: TemplateBody
  /// What stands where a value is absent.
  let absence: TemplateAbsence
}

extension CompiledTemplate {
  /// Compiles a template from the sources it was packed with (``bundle``).
  ///
  /// Throws `MappingError` for bytes that are no bundle, `ConfigurationError` when this version of the program does not accept the template any more.
  public init(bundle: [UInt8]) throws {
    let (source, codes) = try MappingBundle.unpack(bundle, role: .template)
    let diagnostics = Diagnostics()
    let compiler = TemplateCompiler(source, CodeListShelf(codes, diagnostics), diagnostics)
    guard let template = compiler.compile() else {
      throw ConfigurationError(diagnostics: diagnostics.errors)
    }
    self = template
  }
}

/// Why a record does not become a message. Everything that is wrong stands in it, nothing of the record's values.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `field` is the place in the message, `source` the field of the record.
  public let problems: [RowProblem]

  public var description: String { problems.map(\.description).joined(separator: "; ") }
}
