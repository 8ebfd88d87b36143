import Glibc

/// Finds names that occur more than once in one object, at a cost that stays linear however large the object and
/// however the names were chosen.
///
/// Small objects go through a bitmap of name signatures and are compared name by name only when two signatures
/// fall on one bit. Large ones go through a hash table whose hash is seeded afresh in each process, so that nobody
/// outside can choose names that collide.
struct JSONDuplicateKeyCheck {
  /// Objects of up to this many names are compared pair by pair when the bitmap is not sure.
  private static let pairwiseLimit = 48
  private static let seed = UInt64.random(in: 1...UInt64.max) | 1

  private var bitmap = [UInt64](repeating: 0, count: 64)
  private let seed = Self.seed

  /// Appends to `duplicates` the word of each name of `names` that an earlier name of the slice equals.
  mutating func run(
    _ names: ArraySlice<UInt64>, base: UnsafePointer<UInt8>, end: Int, into duplicates: inout [UInt64]
  ) {
    var isEscaped: UInt64 = 0
    if names.count <= Self.pairwiseLimit {
      var isDoubtful = false
      for word in names {
        isEscaped |= word
        let bit = unsafe signature(JSONWord(bits: word), base, end) &>> 52
        let slot = Int(truncatingIfNeeded: bit &>> 6)
        let mask: UInt64 = 1 &<< (bit & 63)
        if bitmap[slot] & mask != 0 { isDoubtful = true }
        bitmap[slot] |= mask
      }
      for slot in bitmap.indices { bitmap[slot] = 0 }
      if isEscaped & JSONWord.escaped != 0 {
        unsafe compareUnescaped(names, base: base, into: &duplicates)
      } else if isDoubtful {
        unsafe comparePairs(names, base: base, into: &duplicates)
      }
      return
    }
    for word in names { isEscaped |= word }
    if isEscaped & JSONWord.escaped != 0 {
      unsafe compareUnescaped(names, base: base, into: &duplicates)
    } else {
      unsafe compareHashed(names, base: base, into: &duplicates)
    }
  }

  /// Cheap and good enough to tell the names of one record apart: length, first and last eight bytes.
  @inline(__always)
  private func signature(_ word: JSONWord, _ base: UnsafePointer<UInt8>, _ end: Int) -> UInt64 {
    let raw = unsafe UnsafeRawPointer(base)
    let length = word.extent
    var first: UInt64
    var last: UInt64 = 0
    if length >= 8 {
      first = unsafe raw.loadUnaligned(fromByteOffset: word.start, as: UInt64.self)
      last = unsafe raw.loadUnaligned(fromByteOffset: word.start &+ length &- 8, as: UInt64.self)
    } else if word.start &+ 8 <= end {
      first = unsafe raw.loadUnaligned(fromByteOffset: word.start, as: UInt64.self).littleEndian
      first &= (1 &<< (UInt64(truncatingIfNeeded: length) &<< 3)) &- 1
    } else {
      first = 0
      for offset in 0..<length { first = first &<< 8 | UInt64(unsafe base[word.start &+ offset]) }
    }
    return Self.mix(first ^ seed, last &+ UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15)
  }

  private func comparePairs(
    _ names: ArraySlice<UInt64>, base: UnsafePointer<UInt8>, into duplicates: inout [UInt64]
  ) {
    for index in names.indices.dropFirst() {
      let word = JSONWord(bits: names[index])
      for earlier in names.startIndex..<index
      where unsafe Self.areEqual(word, JSONWord(bits: names[earlier]), base) {
        duplicates.append(word.bits)
        break
      }
    }
  }

  private func compareHashed(
    _ names: ArraySlice<UInt64>, base: UnsafePointer<UInt8>, into duplicates: inout [UInt64]
  ) {
    var capacity = 1
    while capacity < names.count * 2 { capacity *= 2 }
    // A slot holds the name's word, or 0: no name starts at the first byte of a text.
    var table = [UInt64](repeating: 0, count: capacity)
    for bits in names {
      let word = JSONWord(bits: bits)
      var slot = Int(truncatingIfNeeded: unsafe hash(word, base)) & (capacity - 1)
      while table[slot] != 0, unsafe !Self.areEqual(word, JSONWord(bits: table[slot]), base) {
        slot = (slot + 1) & (capacity - 1)
      }
      if table[slot] != 0 { duplicates.append(bits) } else { table[slot] = bits }
    }
  }

  /// Names of which some are written with escapes: `"a"` and `"\u0061"` are the same name.
  private func compareUnescaped(
    _ names: ArraySlice<UInt64>, base: UnsafePointer<UInt8>, into duplicates: inout [UInt64]
  ) {
    var seen: Set<[UInt8]> = []
    for bits in names {
      let word = JSONWord(bits: bits)
      let source = unsafe UnsafeBufferPointer(start: base + word.start, count: word.extent)
      let name = unsafe JSONEscapes.unescaped(Span(_unsafeElements: source))
      if !seen.insert(name).inserted { duplicates.append(bits) }
    }
  }

  private func hash(_ word: JSONWord, _ base: UnsafePointer<UInt8>) -> UInt64 {
    let raw = unsafe UnsafeRawPointer(base + word.start)
    var state = seed ^ UInt64(truncatingIfNeeded: word.extent)
    var offset = 0
    while offset &+ 8 <= word.extent {
      state = Self.mix(state ^ (unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)), seed)
      offset &+= 8
    }
    var tail: UInt64 = 0
    while offset < word.extent {
      tail = tail &<< 8 | UInt64(unsafe raw.load(fromByteOffset: offset, as: UInt8.self))
      offset &+= 1
    }
    return Self.mix(state ^ tail, 0x9E37_79B9_7F4A_7C15)
  }

  /// The two halves of a 128-bit product folded together.
  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = (left ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: right ^ 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
  }

  @inline(__always)
  private static func areEqual(_ left: JSONWord, _ right: JSONWord, _ base: UnsafePointer<UInt8>) -> Bool {
    guard left.extent == right.extent else { return false }
    return unsafe memcmp(base + left.start, base + right.start, left.extent) == 0
  }
}
