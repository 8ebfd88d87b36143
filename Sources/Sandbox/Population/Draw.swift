/// The kinds of invented things. The raw value goes into every draw, so that person 7 and company 7 are unrelated.
enum EntityKind: UInt64 {
  case person = 1
  case company, house, project, approval, contractorLicence, proof, secret, designLicence
}

/// A short run of random numbers that depends on nothing but (seed, kind, index): SplitMix64.
struct Draw {
  private var state: UInt64

  init(seed: UInt64, _ kind: EntityKind, _ index: Int) {
    let mixed = Draw.mixed(seed &+ kind.rawValue &* 0x9E37_79B9_7F4A_7C15)
    state = Draw.mixed(mixed ^ UInt64(truncatingIfNeeded: index))
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Draw.mixed(state)
  }

  /// 0..<bound, even to within 2⁻⁴⁰ for the small bounds used here.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// True once in `bound` times.
  mutating func oneIn(_ bound: Int) -> Bool {
    below(bound) == 0
  }

  static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Numbers every index of a kind differently: a bijection on 0..<`modulus`, so identifiers made from it never
/// repeat while there are at most `modulus` of them.
struct Scatter {
  let modulus: Int
  private let offset: Int

  init(modulus: Int, seed: UInt64, _ kind: EntityKind) {
    // 7,777,777 = 7·239·4649 shares no factor with the moduli used: powers of 2, 3, 5, 31, and 89.
    precondition(modulus % 7 != 0 && modulus % 239 != 0 && modulus % 4649 != 0)
    self.modulus = modulus
    offset = Int(Draw.mixed(seed ^ kind.rawValue) % UInt64(modulus))
  }

  func callAsFunction(_ index: Int) -> Int {
    (index % modulus * 7_777_777 + offset) % modulus
  }
}
