import Certificates
import Crypto

extension RegistryKeys {
  /// By which a permit case and an application are known to be of one project: a keyed digest of its code, however it is
  /// written.
  public func projectToken(_ code: String) -> [UInt8] {
    blindIndex.token("permit.project", LookupDomain.projectCode.normal(code))
  }
}
