import CXML2

/// The way to the rows of a stream: `/Message/Data/KTT_FW_H`. Names as written in the document, prefix included.
struct XMLRowPath {
  let steps: [String]
  private let names: [[UInt8]]

  init(_ text: String) throws(DocumentError) {
    guard text.hasPrefix("/"), text.count > 1 else { throw Self.malformed }
    steps = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let operators: [Character] = ["[", "]", "@", "(", ")", " ", "|", "*"]
    guard steps.allSatisfy({ !$0.isEmpty && !$0.contains(where: operators.contains) }) else {
      throw Self.malformed
    }
    names = steps.map { Array($0.utf8) }
  }

  /// Whether an element of that name is meant by step `index`.
  func matches(_ index: Int, _ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?) -> Bool {
    let wanted = names[index]
    var position = 0
    if let prefix = unsafe prefix {
      guard let next = unsafe Self.skip(prefix, in: wanted, from: 0), next < wanted.count else {
        return false
      }
      guard wanted[next] == UInt8(ascii: ":") else { return false }
      position = next + 1
    }
    return unsafe Self.skip(name, in: wanted, from: position) == wanted.count
  }

  /// Behind `text` if it stands at `start`.
  private static func skip(
    _ text: UnsafePointer<xmlChar>, in name: [UInt8], from start: Int
  ) -> Int? {
    var index = 0
    while unsafe text[index] != 0 {
      guard start + index < name.count, unsafe name[start + index] == text[index] else { return nil }
      index += 1
    }
    return start + index
  }

  private static let malformed = DocumentError(
    .expression, "a row path names elements from the root on, such as /Message/Data/KTT_FW_H")
}
