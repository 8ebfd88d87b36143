import Documents
import Mapping

/// As it is stored: `{"entities":{NAME:{"rows","looked","places":{PLACE:[present, filled, text, number, flag, list, object]},
/// "faults":[[facet, field, count]]}},"volumes":[[rows, seconds]]}`.
extension DriftBaseline {
  func encode() -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 4096)
    writer.object { writer in
      writer.member("entities") { writer in
        writer.object { writer in
          for (name, entity) in entities.sorted(by: { $0.key < $1.key }) {
            writer.member(name) { writer in writer.object { Self.write(entity, to: &$0) } }
          }
        }
      }
      writer.member("volumes") { writer in
        writer.array { writer in
          for window in volumes.windows {
            writer.array { writer in
              writer.integer(window.rows)
              writer.integer(window.seconds)
            }
          }
        }
      }
    }
    return writer.takeBytes()
  }

  private static func write(_ entity: EntitySurvey, to writer: inout JSONWriter) {
    writer.member("rows", entity.rows)
    writer.member("looked", entity.looked)
    writer.member("places") { writer in
      writer.object { writer in
        for (name, place) in entity.places.sorted(by: { $0.key < $1.key }) {
          writer.member(name) { writer in
            writer.array { writer in
              writer.integer(place.present)
              writer.integer(place.filled)
              for shape in PlaceSurvey.Shape.allCases { writer.integer(place[shape]) }
            }
          }
        }
      }
    }
    writer.member("faults") { writer in
      writer.array { writer in
        for (fault, count) in entity.faults.sorted(by: { $0.key < $1.key }) {
          writer.array { writer in
            writer.string(fault.facet.rawValue)
            writer.string(fault.field)
            writer.integer(count)
          }
        }
      }
    }
  }

  /// nil for what this program did not write; learning starts over then.
  init?(decoding bytes: [UInt8]) {
    guard let document = try? JSONDocument(parsing: bytes), let entities = document.root["entities"],
      let windows = document.root["volumes"]
    else { return nil }
    for (name, value) in entities.members {
      guard let entity = Self.entity(value) else { return nil }
      self.entities[name] = entity
    }
    for window in windows.elements {
      let numbers = window.elements.compactMap(\.integer)
      guard numbers.count == 2 else { return nil }
      volumes.windows.append(VolumeHistory.Window(rows: numbers[0], seconds: numbers[1]))
    }
  }

  private static func entity(_ value: JSONValue) -> EntitySurvey? {
    guard let rows = value["rows"]?.integer, let looked = value["looked"]?.integer,
      let places = value["places"], let faults = value["faults"]
    else { return nil }
    var entity = EntitySurvey()
    entity.rows = rows
    entity.looked = looked
    let shapes = PlaceSurvey.Shape.allCases
    for (name, counts) in places.members {
      let numbers = counts.elements.compactMap(\.integer)
      guard numbers.count == shapes.count + 2 else { return nil }
      var place = PlaceSurvey()
      place.present = numbers[0]
      place.filled = numbers[1]
      for (shape, number) in zip(shapes, numbers.dropFirst(2)) { place[shape] = number }
      entity.places[name] = place
    }
    for fault in faults.elements {
      let parts = Array(fault.elements)
      guard parts.count == 3, let facet = parts[0].string.flatMap(Contract.Facet.init),
        let field = parts[1].string, let count = parts[2].integer
      else { return nil }
      entity.faults[EntitySurvey.Fault(facet, field)] = count
    }
    return entity
  }
}
