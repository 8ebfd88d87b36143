import Certificates
import Policies
public import Registry

/// Something that belongs into the archive of an application and is not there.
public enum ArchivePart: Hashable, Sendable {
  /// Nobody has noted that the customer is connected.
  case connection
  /// No contract is named.
  case contract
  /// The latest verdict does not find it met.
  case requirement(String)
  /// Nobody has judged a step that the policy has for such an application.
  case stage(String)
  /// A line is built, permits of which have to be handed in, and there is no case of them.
  case permits
  /// The registry has it no more.
  case certificate(CertificateID)
  /// What the platform said of the certificate is not in the journal any more.
  case exchange(CertificateID)
  /// Derived again, the certificate says something else.
  case proof(CertificateID)
  /// A person's certificate of which no authorisation is left by which it was looked up.
  case revoked(CertificateID)
  /// The file by which a requirement is met was taken back.
  case withdrawn(String)
  /// The file by which a requirement is met was destroyed.
  case erased(String)
  /// An item of a permit case that is not permitted.
  case permit(case: String, item: String)

  /// For machines; names nobody.
  public var word: String {
    switch self {
    case .connection: "connection"
    case .contract: "contract"
    case .requirement(let name): "requirement/\(name)"
    case .stage(let name): "stage/\(name)"
    case .permits: "permit"
    case .certificate(let id): "certificate/\(id)"
    case .exchange(let id): "exchange/\(id)"
    case .proof(let id): "proof/\(id)"
    case .revoked(let id): "revoked/\(id)"
    case .withdrawn(let code): "withdrawn/\(code)"
    case .erased(let code): "erased/\(code)"
    case .permit(let number, let item): "permit/\(number)/\(item)"
    }
  }

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .connection: "送电时间未登记"
    case .contract: "供用电合同编号未登记"
    case .requirement(let name):
      "\(SupplyRequirement(rawValue: name)?.title ?? name)：判定未认定满足"
    case .stage(let name): "\(SupplyStep.title(name))：未作判定"
    case .permits: "外线工程行政许可：未登记案件"
    case .certificate(let id): "证照 \(id)：登记库中已不存在"
    case .exchange(let id): "证照 \(id)：交换日志中的原始报文已不存在"
    case .proof(let id): "证照 \(id)：由原始报文重新推导的结果与登记不一致"
    case .revoked(let id): "证照 \(id)：授权已撤销，不在档案中"
    case .withdrawn(let code): "资料 \(code)：已撤回，不在档案中"
    case .erased(let code): "资料 \(code)：已删除，不在档案中"
    case .permit(let number, let item): "行政许可 \(number) \(item)：尚未许可"
    }
  }
}
