import Adapters
import Documents

/// The signature schemes that the families of platforms declare, read from their manifests when first asked for:
/// verifying SM2 needs no folder of adapters.
struct FamilySignatures {
  private static let largestManifest = 1 << 20

  /// The folder with `families` in it, or why there is none.
  let folder: Result<String, CommandFailure>
  private var schemes: Result<[String: SignatureScheme], CommandFailure>?

  init(folder: Result<String, CommandFailure>) { self.folder = folder }

  /// Every scheme by its family's name. The same failure comes again each time: the files are read once.
  mutating func all() throws(CommandFailure) -> [String: SignatureScheme] {
    if let schemes { return try schemes.get() }
    let read = Result { () throws(CommandFailure) in try Self.read(try folder.get()) }
    schemes = read
    return try read.get()
  }

  private static func read(_ folder: String) throws(CommandFailure) -> [String: SignatureScheme] {
    let families = folder + "/families"
    var sources: [AdapterLibrary.Source] = []
    do {
      for name in try InputFolder.files(in: families, ending: ".yaml") {
        let file = "\(families)/\(name)"
        sources.append(
          AdapterLibrary.Source(
            name: "families/" + name.dropLast(".yaml".count), file: file,
            bytes: try InputFile.read(file, most: largestManifest)))
      }
    } catch {
      throw CommandFailure(
        .configuration, error.description, remedy: "name the folder of adapters by --adapters")
    }
    let diagnostics = Diagnostics()
    let library = AdapterLibrary(sources, diagnostics)
    if diagnostics.hasErrors {
      throw CommandFailure(.configuration, diagnostics.errors.map(\.description).joined(separator: "; "))
    }
    return library.signatures
  }
}
