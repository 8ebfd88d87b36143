internal import CCurl

/// curl's process-wide set-up, done once.
enum CurlLibrary {
  private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Must come before any other use of curl.
  static func prepare() {
    precondition(isReady, "curl_global_init failed: the process has no memory or a broken libcurl")
  }
}
