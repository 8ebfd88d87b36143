internal import CCurl

/// A curl easy handle with the buffer its error texts go to. Used by the transfer thread only; reused for many
/// calls, because a new one costs as much as a short call.
@safe final class EasyHandle {
  let raw: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  /// What curl keeps pointers to while the transfer runs.
  private var headerList: UnsafeMutablePointer<curl_slist>?

  init?() {
    guard let raw = unsafe curl_easy_init() else { return nil }
    unsafe self.raw = unsafe raw
    unsafe errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    unsafe curl_easy_cleanup(raw)
    unsafe curl_slist_free_all(headerList)
    unsafe errorText.deallocate()
  }

  /// Back to curl's defaults; nothing of the last call is left.
  func reset() throws(TransportError) {
    unsafe curl_easy_reset(raw)
    unsafe curl_slist_free_all(headerList)
    unsafe headerList = nil
    unsafe errorText[0] = 0
    try Self.require(unsafe zd_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText), CURLOPT_ERRORBUFFER)
  }

  /// curl's words for what went wrong; may name hosts and files.
  var errorDetail: String? {
    unsafe errorText[0] == 0 ? nil : String(cString: errorText)
  }

  func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
    try Self.require(unsafe zd_set_long(raw, option, value), option)
  }

  func set(_ option: CURLoption, _ flag: Bool) throws(TransportError) {
    try set(option, flag ? 1 : 0)
  }

  func set(_ option: CURLoption, _ text: String?) throws(TransportError) {
    try Self.require(unsafe zd_set_string(raw, option, text), option)
  }

  /// curl keeps a copy.
  func set(_ option: CURLoption, bytes: [UInt8]) throws(TransportError) {
    let code = unsafe bytes.withUnsafeBytes { unsafe zd_set_blob(raw, option, $0.baseAddress, $0.count) }
    try Self.require(code, option)
  }

  /// curl keeps a copy.
  func setBody(_ bytes: [UInt8]) throws(TransportError) {
    // An empty array may have no address, and curl would then read the body from a callback.
    let code =
      unsafe bytes.isEmpty
      ? zd_set_body(raw, "", 0)
      : bytes.withUnsafeBytes { unsafe zd_set_body(raw, $0.baseAddress, $0.count) }
    try Self.require(code, CURLOPT_COPYPOSTFIELDS)
  }

  func setHeaders(_ lines: [String]) throws(TransportError) {
    for line in lines {
      guard let list = unsafe curl_slist_append(headerList, line) else {
        throw Self.failed("no memory for the headers", nil)
      }
      unsafe headerList = unsafe list
    }
    try Self.require(unsafe zd_set_headers(raw, CURLOPT_HTTPHEADER, headerList), CURLOPT_HTTPHEADER)
  }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return unsafe zd_get_long(raw, info, &value) == CURLE_OK ? value : 0
  }

  func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return unsafe zd_get_offset(raw, info, &value) == CURLE_OK ? Int(value) : 0
  }

  func text(_ info: CURLINFO) -> String? {
    var value: UnsafePointer<CChar>?
    guard unsafe zd_get_string(raw, info, &value) == CURLE_OK, let text = unsafe value else { return nil }
    return unsafe String(cString: text)
  }

  static func require(_ code: CURLcode, _ option: CURLoption) throws(TransportError) {
    guard code == CURLE_OK else {
      throw failed(
        "curl does not take option \(option.rawValue)", unsafe String(cString: curl_easy_strerror(code)))
    }
  }

  private static func failed(_ message: String, _ detail: String?) -> TransportError {
    TransportError(
      code: .internalFailure, message: message,
      remedy: "Check that libcurl is Debian's, 7.88 or later, with OpenSSL.", detail: detail)
  }
}
