/// An invented address: district, street and estate of a region, and a place in the estate.
public struct SyntheticAddress: Sendable {
  let region: Region
  private(set) var district: Int
  let street: Int
  let estate: Int
  let houseNumber: Int
  public let building: Int
  public let unit: Int
  public let floor: Int
  public let room: Int

  init(region: Region, draw: inout Draw) {
    self.region = region
    let bits = draw.next()
    district = region.rawValue * 8 + Int(bits & 7)
    street = Int(bits >> 3 & 0xFFFF) % 24
    estate = Int(bits >> 19 & 15)
    houseNumber = Int(bits >> 23 & 0xFFFF) % 398 + 1
    building = Int(bits >> 39 & 31) + 1
    unit = Int(bits >> 44 & 3) + 1
    floor = Int(bits >> 46 & 31) + 1
    room = Int(bits >> 51 & 3) + 1
  }

  /// The same place in a district of its region that is named; as it is where none is.
  func inDistrict(_ name: String?) -> SyntheticAddress {
    guard let name, let place = region.districts.firstIndex(of: name) else { return self }
    var other = self
    other.district = region.rawValue * region.districts.count + place
    return other
  }

  /// `浙江省杭州市西湖区青桐路188号云溪花园3幢2单元501室`
  func write(to buffer: inout PageBuffer, _ lexicon: Lexicon) {
    buffer.word(lexicon.provinces, region.rawValue)
    writeLocal(to: &buffer, lexicon)
  }

  /// The same without the province, as real-estate registers write it.
  func writeLocal(to buffer: inout PageBuffer, _ lexicon: Lexicon) {
    buffer.word(lexicon.cities, region.rawValue)
    buffer.word(lexicon.districts, district)
    writeStreet(to: &buffer, lexicon)
    buffer.word(lexicon.estates, estate)
    buffer.number(building)
    buffer.phrase(.building, lexicon)
    buffer.number(unit)
    buffer.phrase(.unit, lexicon)
    writeRoom(to: &buffer)
    buffer.phrase(.room, lexicon)
  }

  func writeStreet(to buffer: inout PageBuffer, _ lexicon: Lexicon) {
    buffer.word(lexicon.streets, street)
    buffer.number(houseNumber)
    buffer.phrase(.number, lexicon)
  }

  func writeRoom(to buffer: inout PageBuffer) {
    buffer.number(floor)
    buffer.padded(room, width: 2)
  }
}
