// The standard library has no public compatibility normalisation; this file is the only one that needs Foundation.
import Foundation

/// Unicode's normalisation form KC: full-width letters and digits become ordinary ones, ligatures and circled numbers
/// their parts.
enum CompatibilityForm {
  static func nfkc(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    return text.precomposedStringWithCompatibilityMapping
  }
}
