import CivilTime
import Documents

enum JSONLogLine {
  static func encode(_ entry: Log.Entry) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 256)
    writer.object { writer in
      writer.member("time", entry.time.iso8601)
      writer.member("level", entry.level.rawValue)
      writer.member("message", entry.message)
      for (name, value) in entry.metadata {
        switch value {
        case .text(let text): writer.member(name, text)
        case .integer(let number): writer.member(name, number)
        case .number(let number): writer.member(name, number)
        case .flag(let flag): writer.member(name, flag)
        }
      }
    }
    return writer.takeBytes()
  }
}
