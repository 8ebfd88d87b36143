import Glibc
import SQLDatabase

/// Where something of somebody might stand in the clear.
enum LeakPlace: String, CaseIterable, Sendable {
  case log
  /// What commands write.
  case output
  case metrics
  /// Addresses that the gateway asks, at platforms and at receivers.
  case asked = "addresses asked"
  /// Addresses at which it is asked.
  case served = "addresses served"
  /// Answers of the interface in which nothing was to be revealed, and their headers.
  case answer
  case notification
  /// What stands in the database, by table and column.
  case column
  /// The bytes of the database's files.
  case file
}

/// Everything that a gateway left behind, to be searched.
struct LeakEvidence: Sendable {
  private var texts: [LeakPlace: [(label: String, bytes: [UInt8])]] = [:]

  mutating func add(_ place: LeakPlace, _ label: String, _ bytes: [UInt8]) {
    texts[place, default: []].append((label, bytes))
  }

  mutating func add(_ place: LeakPlace, _ label: String, _ text: String) {
    add(place, label, Array(text.utf8))
  }

  /// How many texts a place has.
  func count(_ place: LeakPlace) -> Int { texts[place]?.count ?? 0 }
  func labels(_ place: LeakPlace) -> [String] { texts[place]?.map(\.label) ?? [] }

  /// Where a secret stands, and in which form: `log: line 3: name of the resident (UTF-8)`. Each once.
  func findings(_ secrets: [Secret]) -> [String] {
    let search = LeakSearch(secrets)
    var found: Set<String> = []
    for (place, all) in texts {
      for (label, bytes) in all {
        for secret in search.found(in: bytes) { found.insert("\(place.rawValue): \(label): \(secret)") }
      }
    }
    return found.sorted()
  }
}

/// Looks for many texts at once: one walk over the bytes, whose first two tell what may begin there.
private struct LeakSearch {
  private struct Sought {
    let secret: String
    let form: Secret.Form
  }

  private var sought: [Sought] = []
  /// Of two first bytes, small where capitals do not matter, what begins with them.
  private var exact = [[Int]?](repeating: nil, count: 1 << 16)
  private var folded = [[Int]?](repeating: nil, count: 1 << 16)

  init(_ secrets: [Secret]) {
    for secret in secrets {
      for form in secret.forms where form.bytes.count > 2 {
        let start = Int(form.bytes[0]) << 8 | Int(form.bytes[1])
        if form.isFolded {
          folded[start, default: []].append(sought.count)
        } else {
          exact[start, default: []].append(sought.count)
        }
        sought.append(Sought(secret: "\(secret.what) (\(form.name))", form: form))
      }
    }
  }

  func found(in bytes: [UInt8]) -> Set<String> {
    guard bytes.count > 2 else { return [] }
    let small = Secret.folded(bytes)
    var found: Set<String> = []
    func look(_ text: [UInt8], _ starts: [[Int]?]) {
      unsafe text.withUnsafeBufferPointer { text in
        unsafe starts.withUnsafeBufferPointer { starts in
          for place in 0..<(text.count - 2) {
            guard let begun = unsafe starts[Int(text[place]) << 8 | Int(text[place + 1])] else { continue }
            for one in begun {
              let form = sought[one].form.bytes
              guard form.count <= text.count - place else { continue }
              let isThere = unsafe form.withUnsafeBufferPointer { form in
                unsafe memcmp(text.baseAddress! + place, form.baseAddress!, form.count) == 0
              }
              if isThere { found.insert(sought[one].secret) }
            }
          }
        }
      }
    }
    look(bytes, exact)
    look(small, folded)
    return found
  }
}

extension Array where Element == [Int]? {
  fileprivate subscript(place: Int, default other: [Int]) -> [Int] {
    get { self[place] ?? other }
    set { self[place] = newValue }
  }
}

extension LeakEvidence {
  /// Every value of every column of every table that the schema names, and the schema.
  mutating func addColumns(of path: String) async throws {
    let database = try await Database.open(path: path)
    let values = try await database.read { reader in
      var values: [(String, [UInt8])] = []
      let tables = try reader.query("SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type = 'table'")
      {
        ($0.text(0), $0.text(1))
      }
      for (table, sql) in tables {
        values.append(("schema of \(table)", Array(sql.utf8)))
        let columns = try reader.query("SELECT name FROM pragma_table_info('\(table)')") { $0.text(0) }
        for column in columns {
          let label = "\(table).\(column)"
          values += try reader.query("SELECT \"\(column)\" FROM \"\(table)\"") { row in
            switch row.value(0) {
            case .null: (label, [])
            case .integer(let number): (label, Array("\(number)".utf8))
            case .real(let number): (label, Array("\(number)".utf8))
            case .text(let text): (label, Array(text.utf8))
            case .blob(let bytes): (label, bytes)
            }
          }
        }
      }
      return values
    }
    await database.close()
    for (label, bytes) in values where !bytes.isEmpty { add(.column, label, bytes) }
  }

  /// The bytes of a database and of what it writes ahead, as they lie on the disk.
  mutating func addFiles(of path: String, _ moment: String) throws {
    for suffix in ["", "-wal"] {
      let file = path + suffix
      guard unsafe access(file, R_OK) == 0 else { continue }
      add(.file, "\(moment): \(suffix.isEmpty ? "database" : suffix)", try Self.bytes(of: file))
    }
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else { throw TestFailure("\(path): \(errno)") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe read(descriptor, &piece, piece.count)
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }
}
