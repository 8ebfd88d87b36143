import CivilTime
public import Documents
import Exchanges

extension ReplayQuery {
  /// As it lies in the table, and as the API shows it.
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("platform", platform)
      $0.member("operation", operation)
      $0.member("outcome", outcome?.rawValue)
      $0.member("class", errorClass?.rawValue)
      $0.member("since", since?.milliseconds)
      $0.member("until", until?.milliseconds)
      $0.member("mappingVersion", mappingVersion)
      $0.member("case", sequence)
      if !ids.isEmpty {
        $0.member("ids") { $0.array { for id in ids.sorted() { $0.integer(id) } } }
      }
    }
  }

  init(reading json: JSONValue) throws(ReplayError) {
    guard let platform = json["platform"]?.string, let operation = json["operation"]?.string else {
      throw ReplayError(
        .unreadable, "a stored replay has no query", remedy: "compare the database with a backup")
    }
    self.init(platform: platform, operation: operation)
    outcome = json["outcome"]?.string.flatMap { Outcome(rawValue: $0) }
    errorClass = json["class"]?.string.flatMap { ErrorClass(rawValue: $0) }
    since = json["since"]?.integer.map { Timestamp(milliseconds: Int64($0)) }
    until = json["until"]?.integer.map { Timestamp(milliseconds: Int64($0)) }
    mappingVersion = json["mappingVersion"]?.integer
    sequence = json["case"]?.string
    ids = Set(json["ids"]?.elements.compactMap { $0.integer.map { Int64($0) } } ?? [])
  }
}

extension ReplayTerms {
  func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("canary", canary)
      $0.member("rate", rate)
      $0.member("mostErrors", mostErrors)
    }
  }

  init(reading json: JSONValue) {
    self.init()
    if let canary = json["canary"]?.integer { self.canary = canary }
    if let rate = json["rate"]?.double { self.rate = rate }
    if let most = json["mostErrors"]?.double { mostErrors = most }
  }
}
