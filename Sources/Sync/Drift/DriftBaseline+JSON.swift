import Documents
import Mapping

/// As it is stored: `{"entities":{NAME:{"rows","looked","places":{PLACE:[present, filled, text, number, flag, list, object]},
/// "faults":[[facet, field, count]]}},"volumes":[[rows, seconds, fresh]],
/// "stretches":[[rows, seconds, fresh, longest gap]],"gap"}`, the last of the stretches being the one under way.
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
              writer.integer(window.fresh)
            }
          }
        }
      }
      writer.member("stretches") { writer in
        writer.array { writer in
          for stretch in volumes.sparse.stretches + [volumes.sparse.current] {
            writer.array { writer in
              for number in [stretch.rows, stretch.seconds, stretch.fresh, stretch.longestGap] {
                writer.integer(number)
              }
            }
          }
        }
      }
      writer.member("gap", volumes.sparse.gap)
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
      // Two in what version 0.1 wrote.
      guard 2...3 ~= numbers.count else { return nil }
      volumes.windows.append(
        VolumeHistory.Window(
          rows: numbers[0], seconds: numbers[1], fresh: numbers.count > 2 ? numbers[2] : nil))
    }
    guard let stretches = document.root["stretches"] else { return }
    guard let sparse = Self.sparse(stretches, gap: document.root["gap"]?.integer) else { return nil }
    volumes.sparse = sparse
  }

  private static func sparse(_ value: JSONValue, gap: Int?) -> SparseVolume? {
    var stretches: [SparseVolume.Stretch] = []
    for stretch in value.elements {
      let numbers = stretch.elements.compactMap(\.integer)
      guard numbers.count == 4 else { return nil }
      stretches.append(
        SparseVolume.Stretch(
          rows: numbers[0], seconds: numbers[1], fresh: numbers[2], longestGap: numbers[3]))
    }
    guard let gap, let current = stretches.popLast() else { return nil }
    return SparseVolume(stretches: stretches, current: current, gap: gap)
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
