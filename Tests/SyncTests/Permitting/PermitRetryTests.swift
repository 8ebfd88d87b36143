import Applications
import CivilTime
import Crypto
import Documents
import Exchanges
import Permits
import Policies
import Pushing
import SQLDatabase
import Sandbox
import Testing

/// Another attempt with other material.
@Suite struct PermitRetryTests {
  /// What was handed in by a push.
  private static func filed(_ floor: PermitFloor, _ item: PermitItem, of id: PermitCaseID) async throws -> (
    files: [String: String], remarks: String?, push: PushID
  ) {
    let push = PushID(try #require(try await floor.item(item, of: id).attempt.push))
    let (record, attachments) = try await floor.desk.pushes.content(of: push)
    var files: [String: String] = [:]
    for attachment in attachments {
      files[attachment.name] = String(decoding: attachment.bytes, as: UTF8.self)
    }
    return (files, record.values.value(at: "remarks")?.text, push)
  }

  private static func contents(_ floor: PermitFloor) async throws -> Int64 {
    try await floor.desk.database.read { reader in
      try reader.int("SELECT count(DISTINCT content) FROM push WHERE operation = 'road-digging'")
    }
  }

  /// Whether the window took the first or not, the second brings what was missing, and what is not given is carried over.
  @Test(arguments: [true, false]) func whatIsBroughtIsHandedIn(_ wasTaken: Bool) async throws {
    try await PermitFloor.run { floor in
      if !wasTaken { floor.desk.fault(.refusal, "road-digging") }
      let id = try await floor.open()
      try await floor.work()
      let place = PermitPlace(id, .roadDigging)
      if wasTaken {
        try await floor.window(.roadDigging, "rejected")
        try await floor.pass(seconds: 3600)
      }
      let first = try await Self.filed(floor, .roadDigging, of: id)
      #expect(first.files == ["drawing.txt": "drawing "])
      let attempt = try await floor.item(.roadDigging, of: id).attempt
      _ = try await floor.people().retry(
        place, with: [PermitFloor.material("drawing", "2"), PermitFloor.material("traffic-plan", "1")],
        remarks: "按意见修改")
      try await floor.work()
      let second = try await Self.filed(floor, .roadDigging, of: id)
      #expect(second.files == ["drawing.txt": "drawing 2", "traffic-plan.txt": "traffic-plan 1"])
      #expect(second.remarks == "按意见修改" && second.push != first.push)
      let view = try await floor.item(.roadDigging, of: id)
      #expect(view.attempt.follows == attempt.id && view.attempt.attempt == 2 && view.state == .submitted)
      #expect(try await Self.contents(floor) == 2, "another content than the first")
      #expect(floor.effects(.roadDigging).count == (wasTaken ? 2 : 1))

      // A third one carries over what the second brought, and takes an older file back.
      try await floor.window(.roadDigging, "rejected")
      try await floor.pass(seconds: 3600)
      _ = try await floor.people().retry(place, with: [PermitFloor.material("drawing")])
      try await floor.work()
      let third = try await Self.filed(floor, .roadDigging, of: id)
      #expect(third.files == ["drawing.txt": "drawing ", "traffic-plan.txt": "traffic-plan 1"])
      #expect(third.remarks != "按意见修改", "said of that attempt only")
      // Other items have what they had.
      #expect(try await Self.filed(floor, .roadOccupation, of: id).files["traffic-plan.txt"] == nil)
    }
  }

  /// A region has a window of its own by now: nothing that another did not take is repeated there, and it goes its own way from there.
  @Test func whatAFormerWindowRefusedIsHandedInAtTheNewOne() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.refusal, "road-digging")
      let id = try await floor.open(region: "330106")
      try await floor.work()
      #expect(try await floor.state(.roadDigging, of: id) == .refused)
      try floor.addWindow("henan", for: ["330106"])
      floor.sandbox.faults.add(
        FaultRule(.refusal, platform: "henan-permits", operation: "approval", trigger: .call(1)))
      let place = PermitPlace(id, .roadDigging)
      var pushes: [Push] = []
      for state in [PermitState.refused, .submitted] {
        _ = try await floor.people().retry(place)
        try await floor.work()
        let view = try await floor.item(.roadDigging, of: id)
        #expect(view.state == state && view.attempt.problem == nil)
        pushes.append(try await floor.push(.roadDigging, of: id))
      }
      #expect(pushes.map(\.platform) == ["henan-permits", "henan-permits"])
      #expect(pushes.map(\.follows) == [nil, pushes[0].id])
      #expect(floor.effects(.roadDigging).count == 1)
    }
  }

  /// What is brought is looked at before anything is sent, and nothing is changed where something is missing.
  @Test func whatIsMissingIsSaidBeforeAnythingIsSent() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.roadDigging, "rejected")
      try await floor.pass(seconds: 3600)
      let place = PermitPlace(id, .roadDigging)
      try await floor.desk.database.write { transaction in
        _ = try transaction.execute("DELETE FROM permit_material WHERE code = 'drawing'")
      }
      do {
        _ = try await floor.people().retry(place, with: [PermitFloor.material("traffic-plan")])
        Issue.record("the drawing is missing")
      } catch let error as PermitError {
        #expect(error.code == .unfit && error.message.contains("drawing") && error.message.contains("D 1"))
      }
      #expect(try await floor.item(.roadDigging, of: id).attempt.attempt == 1)
      _ = try await floor.people().retry(place, with: [PermitFloor.material("drawing", "3")])
      try await floor.work()
      #expect(try await Self.filed(floor, .roadDigging, of: id).files == ["drawing.txt": "drawing 3"])
    }
  }

  /// Sealed like all that people say, and gone with the case.
  @Test func remarksAreSealedAndErased() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      for item in [PermitItem.routePlanning, .roadDigging] { try await floor.window(item, "rejected") }
      try await floor.pass(seconds: 3600)
      _ = try await floor.people().retry(PermitPlace(id, .roadDigging), remarks: "联系人张三")
      func stored() async throws -> [[UInt8]] {
        try await floor.desk.database.read { reader in
          try reader.query("SELECT remarks FROM permit_item WHERE remarks IS NOT NULL") { $0.blob(0) }
        }
      }
      let sealed = try await stored()
      #expect(sealed.count == 1 && sealed[0].firstRange(of: Array("张三".utf8)) == nil)
      try await floor.work()
      try await floor.window(.roadDigging, "rejected")
      try await floor.pass(seconds: 3600)
      _ = try await floor.people().enter(
        PermitEntry(
          .rejected, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .greening))
      let time = floor.desk.bench.clock.now
      _ = try await floor.desk.database.write { try floor.permits.erase(id, in: $0, now: time) }
      #expect(try await stored().isEmpty)
      let rows = try await floor.desk.database.read {
        try $0.int("SELECT count(*) FROM permit_item_material")
      }
      #expect(rows == 0)
    }
  }
}
