import Documents
import Mapping

/// The messages that lie beside a mapping, in the folder of its name.
enum MappingSamples {
  static let expectedEnding = ".expected.json"
  /// A page of a platform, and more.
  static let largest = 64 << 20

  /// The names of a mapping's samples, in order; none where there is no such folder.
  static func names(of mapping: CompiledMapping, in folder: String) throws(InputError) -> [String] {
    guard OutputFile.exists(folder) else { return [] }
    return try InputFolder.files(in: folder, ending: "." + mapping.format.rawValue)
      .filter { !$0.hasSuffix(expectedEnding) }
  }

  static func read(_ name: String, in folder: String) throws(InputError) -> [UInt8] {
    try InputFile.read("\(folder)/\(name)", most: largest)
  }

  static func all(of mapping: CompiledMapping, in folder: String) throws(InputError) -> [[UInt8]] {
    var samples: [[UInt8]] = []
    for name in try names(of: mapping, in: folder) { samples.append(try read(name, in: folder)) }
    return samples
  }
}
