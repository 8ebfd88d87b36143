import Access
import Certificates
import CivilTime
import Compression
import Documents
import Gateway
import GatewayAPI
import Supply

/// `supply archive`: what belongs to an application as a package, and whether such a package is whole.
enum SupplyArchive {
  private static let id = Positional(
    "APPLICATION", "The number of an application, as 'supply evaluate' gives it.", isRequired: false)
  private static let to = CommandOption<String>.path(
    "to", "PATH", "A new folder, or a file that ends in .zip; without it only what is missing is said.")
  private static let files = CommandOption<Bool>.flag(
    "files", "Also the files that were handed in; needs --purpose and --operator.")
  private static let verify = CommandOption<String>.path(
    "verify", "PATH", "In place of an application: checks a package, a folder or .zip. Needs no database.")

  private static let largestFile = 4 << 30

  static let command = Command(
    "archive", "Writes an application's archive as a signed package, or checks one.",
    details: """
      The package has the verdicts with their signatures, the certificates they rest on with their proofs, what the
      journal proves of them, the permit cases, and a cover page in Chinese; index.json has the SM3 digest of each
      file, and is signed (SM2). Certificates are masked; with --reveal what the purpose allows is whole. Taking one
      is recorded in the access audit. With --verify files that are missing, altered or not listed are named.

      Exit code 1 when something is missing in the archive, or the package is not what was signed.
      """,
    options: [to, files, Look.reveal, verify, SupplyVerify.key, Look.purpose, Look.operator],
    positionals: [id]
  ) { invocation in
    if let path = invocation[verify] {
      guard invocation[id].isEmpty, invocation[to] == nil, !invocation[files] else {
        throw UsageError("--verify goes with --key only")
      }
      return try await check(path, invocation)
    }
    guard invocation[SupplyVerify.key] == nil else { throw UsageError("--key goes with --verify") }
    guard !invocation[id].isEmpty else { throw UsageError("say which: APPLICATION, or --verify") }
    return try await take(try SupplyShow.id(invocation), invocation)
  }

  private static func take(
    _ id: SupplyApplicationID, _ invocation: Invocation
  ) async throws -> ExitCode {
    let configuration = try SiteFile.read(invocation, needsShare: true)
    let (path, withFiles) = (invocation[to], invocation[files])
    guard path != nil || !withFiles else { throw UsageError("--files goes with --to") }
    let look = try Look(invocation, configuration, mustReveal: withFiles)
    if let path, OutputFile.exists(path) {
      throw CommandFailure(.failure, "\(path) is there already", remedy: "name a new folder or file")
    }
    return try await Site.with(invocation) { site in
      let archivist = site.supplying.archivist
      let contents = try await SupplyCommands.failing {
        try await archivist.contents(of: id, withFiles: withFiles, at: .now())
      }
      try await look.record(
        .archiveSupply, certificates: contents.certificateIDs,
        revealed: path == nil ? [] : look.revealing.sorted().map(\.path) + contents.fileNames,
        in: site.gateway.audit)
      if let path {
        let package = try await archivist.package(contents, revealing: look.revealing, now: .now())
        try write(package, to: path)
      }
      say(contents, path, invocation)
      return contents.missing.isEmpty ? .done : .failure
    }
  }

  private static func say(_ contents: ArchiveContents, _ path: String?, _ invocation: Invocation) {
    let output = invocation.output
    guard !invocation.wantsJSON else {
      return output.json { writer in
        writer.member("application", contents.id.rawValue)
        writer.member("number", contents.number)
        writer.member("connected", contents.standing?.connection.connected.iso8601)
        writer.member("due", contents.standing?.due?.iso8601)
        writer.member("archived", contents.standing?.archived?.iso8601)
        writer.member("complete", contents.missing.isEmpty)
        writer.member("missing", contents.missing.map(\.word))
        writer.member("path", path)
      }
    }
    output.line(
      "application \(contents.id) (\(contents.number)): "
        + (contents.missing.isEmpty ? "the archive is whole" : "the archive lacks"))
    for part in contents.missing { output.line("  \(part.word)  \(part.title)") }
    if let path { output.line(TerminalText.safe("written to \(path)")) }
  }

  private static func write(_ package: ArchivePackage, to path: String) throws {
    guard !path.hasSuffix(".zip") else {
      let bytes = try failing(path) { () throws(CompressionError) in try ZIPArchive.write(package.files) }
      return try OutputFile.write(bytes, to: path)
    }
    try OutputFile.makeFolder(path)
    var made: Set<String> = []
    for file in package.files {
      var folder = path
      for part in file.path.split(separator: "/").dropLast() {
        folder += "/\(part)"
        if made.insert(folder).inserted { try OutputFile.makeFolder(folder) }
      }
      try OutputFile.write(file.bytes, to: "\(path)/\(file.path)")
    }
  }

  private static func failing<Value>(
    _ path: String, _ body: () throws(CompressionError) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(CompressionError) {
      return try body()
    } catch {
      throw CommandFailure(.failure, "\(path): \(error.message)", remedy: error.remedy)
    }
  }

  private static func check(_ path: String, _ invocation: Invocation) async throws -> ExitCode {
    let key = invocation[SupplyVerify.key]
    let result = try await OwnThread.run { () throws -> ArchiveVerification in
      guard path.hasSuffix(".zip") else {
        return try ArchiveVerification(try InputFolder.tree(below: path, all: true), key: key) {
          try InputFile.readRegular("\(path)/\($0)", most: largestFile)
        }
      }
      let bytes = try InputFile.readRegular(path, most: largestFile)
      let entries = try failing(path) { () throws(CompressionError) in try ZIPArchive.read(bytes) }
      let files = Dictionary(uniqueKeysWithValues: entries.map { ($0.path, $0.bytes) })
      return try ArchiveVerification(entries.map(\.path), key: key) { files[$0] ?? [] }
    }
    show(result, invocation)
    return result.holds ? .done : .failure
  }

  private static func show(_ result: ArchiveVerification, _ invocation: Invocation) {
    let output = invocation.output
    guard !invocation.wantsJSON else {
      return output.json { writer in
        writer.member("holds", result.holds)
        writer.member("number", result.number)
        writer.member("made", result.made)
        writer.member("files", result.files)
        writer.member("publicKey", result.publicKey)
        writer.member("complete", result.isComplete)
        writer.member("missing", result.missingParts)
        writer.member("findings") { writer in
          writer.array { writer in
            for finding in result.findings {
              writer.object {
                $0.member("kind", finding.kind.rawValue)
                $0.member("path", finding.path)
              }
            }
          }
        }
      }
    }
    for finding in result.findings {
      output.line(
        "\(output.paint("✗", .red)) \(finding.kind.rawValue): \(TerminalText.safe(finding.path))")
    }
    guard result.holds else { return }
    output.line(
      TerminalText.safe(
        "the package of \(result.number ?? "?") is whole: \(result.files) files, signed with \(result.publicKey ?? "?")"
      ))
    if !result.isComplete {
      output.line(
        TerminalText.safe(
          "when it was made the archive lacked \(result.missingParts.joined(separator: ", "))"))
    }
  }
}
