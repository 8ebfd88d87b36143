public import Calendars
public import Documents

/// A clock's rule as JSON, so that a case keeps the rule it was filed under when the policy changes.
extension ClockRule {
  public func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("limit", limit.englishTitle)
      writer.member("starts") { $0.texts(starts) }
      if !startsAtLatest.isEmpty { writer.member("startsAtLatest") { $0.texts(startsAtLatest) } }
      if let silence {
        writer.member("silence") { writer in
          writer.object { writer in
            writer.member("after", TimeLimit.days(silence.days, silence.count).englishTitle)
            writer.member("from") { writer in
              writer.array { writer in for name in silence.from { writer.string(name) } }
            }
            writer.member("unless") { $0.texts(silence.unless) }
            writer.member("clause", silence.clause)
            writer.member("document", silence.document)
          }
        }
      }
      writer.member("ends") { $0.texts(ends) }
      writer.member("stops") { writer in
        writer.array { writer in
          for stop in stops {
            writer.object { writer in
              writer.member("reason", stop.reason.rawValue)
              writer.member("begins", stop.begins)
              writer.member("ends", stop.ends)
              writer.member("alsoEnds") { $0.texts(stop.alsoEnds) }
            }
          }
        }
      }
      if let hours {
        writer.member("hours") { writer in
          writer.object { writer in
            writer.member("opens", hours.opens)
            writer.member("closes", hours.closes)
            writer.member("restDays", hours.isOpenOnRestDays)
          }
        }
      }
      if let quiet {
        writer.member("quiet") { writer in
          writer.object { writer in
            writer.member("from", quiet.from)
            writer.member("until", quiet.until)
          }
        }
      }
      writer.member("pausedDays", pausedDays.rawValue)
      writer.member("warnings") { writer in
        writer.array { writer in
          for warning in warnings {
            writer.object { writer in
              writer.member("colour", warning.colour.rawValue)
              writer.member("distance", warning.distance)
              writer.member("for", warning.audience)
            }
          }
        }
      }
    }
  }

  /// Reads what ``write(_:)`` wrote; nil for anything else.
  public init?(decoding value: JSONValue) {
    guard let limit = value["limit"]?.string.flatMap({ TimeLimit($0) }),
      let starts = value["starts"]?.texts, let ends = value["ends"]?.texts, let stops = value["stops"],
      let pausedDays = value["pausedDays"]?.string.flatMap({ PausedDays(rawValue: $0) }),
      let warnings = value["warnings"]
    else { return nil }
    self.init(limit: limit, starts: Set(starts), ends: Set(ends), pausedDays: pausedDays)
    for element in stops.elements {
      guard let reason = element["reason"]?.string, let begins = element["begins"]?.string,
        let ends = element["ends"]?.string
      else { return nil }
      let pause = PauseReason(rawValue: reason)
      let also = element["alsoEnds"]?.texts.map { Set($0) } ?? Stop.alsoEnds(pause)
      self.stops.append(Stop(reason: pause, begins: begins, ends: ends, alsoEnds: also))
    }
    for element in warnings.elements {
      guard let colour = element["colour"]?.string.flatMap({ Warning.Colour(rawValue: $0) }),
        let distance = element["distance"]?.integer, let audience = element["for"]?.string
      else { return nil }
      self.warnings.append(Warning(colour: colour, distance: distance, audience: audience))
    }
    if let given = value["startsAtLatest"] {
      guard let texts = given.texts else { return nil }
      startsAtLatest = Set(texts)
    }
    if let given = value["silence"] {
      guard case .days(let days, let count)? = given["after"]?.string.flatMap({ TimeLimit($0) }),
        let from = given["from"]?.texts, let unless = given["unless"]?.texts,
        let clause = given["clause"]?.string, let document = given["document"]?.string
      else { return nil }
      silence = Silence(
        days: days, count: count, from: from, unless: Set(unless), clause: clause, document: document)
    }
    if let given = value["hours"] {
      guard let opens = given["opens"]?.integer, let closes = given["closes"]?.integer,
        let restDays = given["restDays"]?.boolean,
        let hours = OfficeHours(opens: opens, closes: closes, isOpenOnRestDays: restDays)
      else { return nil }
      self.hours = hours
    }
    if let given = value["quiet"] {
      guard let from = given["from"]?.integer, let until = given["until"]?.integer,
        let quiet = QuietHours(from: from, until: until)
      else { return nil }
      self.quiet = quiet
    }
  }
}

extension JSONWriter {
  /// An array of texts in the order of their letters, so that equal sets are written alike.
  fileprivate mutating func texts(_ texts: Set<String>) {
    array { writer in for text in texts.sorted() { writer.string(text) } }
  }
}

extension JSONValue {
  fileprivate var texts: [String]? {
    guard isArray else { return nil }
    let texts = elements.map(\.string)
    return texts.contains(nil) ? nil : texts.compactMap(\.self)
  }
}
