internal import CCurl

/// Wakes the transfer thread out of curl's wait.
///
/// Unchecked, because it holds a pointer: `curl_multi_wakeup` is the one function curl allows from any thread, and
/// it is the only one called here.
@safe struct Bell: @unchecked Sendable {
  private let multi: UnsafeMutableRawPointer

  init(_ multi: UnsafeMutableRawPointer) {
    unsafe self.multi = unsafe multi
  }

  func ring() {
    unsafe curl_multi_wakeup(multi)
  }
}
