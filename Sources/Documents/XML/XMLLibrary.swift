import CXML2

/// libxml2, set up once for the whole process.
enum XMLLibrary {
  /// Whoever is about to call libxml2 touches this first.
  static let isReady: Bool = {
    xmlInitParser()
    // Nothing outside a document is ever read: no DTD, no external entity, no file, no network. NONET alone would
    // not stop file:// addresses.
    unsafe xmlSetExternalEntityLoader { _, _, _ in nil }
    return true
  }()

  /// The text of a string that libxml2 allocated, which is freed.
  static func take(_ text: UnsafeMutablePointer<xmlChar>?) -> String {
    guard let text = unsafe text else { return "" }
    defer { unsafe cxml2_free(text) }
    return unsafe String(cString: text)
  }
}
