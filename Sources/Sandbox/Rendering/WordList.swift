import Documents

/// Texts ready to be copied into a page, in both charsets the platforms speak. One flat buffer for each charset:
/// a word is appended by copying a range, without an allocation.
final class WordList: Sendable {
  private let utf8: Column
  private let gb18030: Column

  private struct Column {
    var bytes: [UInt8] = []
    var ends: [Int] = [0]

    mutating func append(_ word: [UInt8]) {
      bytes += word
      ends.append(bytes.count)
    }
  }

  init(_ words: [String]) {
    var utf8 = Column()
    var gb18030 = Column()
    for word in words {
      utf8.append(Array(word.utf8))
      gb18030.append(WordList.gb18030(word))
    }
    self.utf8 = utf8
    self.gb18030 = gb18030
  }

  var count: Int { utf8.ends.count - 1 }

  func append(_ index: Int, to bytes: inout [UInt8], charset: Charset) {
    switch charset {
    case .utf8: bytes.append(contentsOf: utf8.bytes[utf8.ends[index]..<utf8.ends[index + 1]])
    case .gb18030: bytes.append(contentsOf: gb18030.bytes[gb18030.ends[index]..<gb18030.ends[index + 1]])
    }
  }

  /// GB18030 has a form for every Unicode scalar, so a failure is a defect of the converter, not of the word.
  static func gb18030(_ word: String) -> [UInt8] {
    do {
      return try Charset.gb18030.encode(Array(word.utf8))
    } catch {
      preconditionFailure("GB18030 has no form for a word of the sandbox: \(error)")
    }
  }
}
