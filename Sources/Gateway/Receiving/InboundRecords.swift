import Adapters
import Exchanges
import Inbound
import Mapping
import SQLDatabase
import Sync

/// Takes the records that platforms send by themselves.
struct InboundRecords: InboundConsumer {
  private let intakes: [OperationKey: RecordIntake]

  init(_ intakes: [RecordIntake]) {
    self.intakes = Dictionary(intakes.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func prepare(_ arrival: InboundArrival) async throws -> InboundDeed {
    let receiver = arrival.receiver
    let key = OperationKey(platform: receiver.platform, operation: receiver.operation.name)
    guard let intake = intakes[key] else {
      throw InboundRefusal(
        .unfit, "no mapping understands what \(key) brings",
        remedy: "name one in the manifest, and release the work")
    }
    let message = try receiver.message(arrival.request)
    do {
      let records = try await intake.understand(message, of: arrival.exchange, received: arrival.received)
      return InboundDeed(records: records.count) { transaction, now in
        try records.store(in: transaction, now: now)
      }
    } catch let error as MappingError {
      throw InboundRefusal(
        .malformed, error.message,
        remedy:
          "compare the exchange in the journal with the mapping; if the platform changed its message, change the mapping and release the work"
      )
    } catch let error as DriftHeld {
      throw InboundRefusal(.unfit, error.message, remedy: error.remedy)
    } catch let error as TrialError {
      throw InboundRefusal(.unfit, error.message, remedy: "\(error.remedy); then release the work")
    }
  }
}
