import Crypto
import Testing

@Suite struct LibraryTests {
  @Test func theLibraryComputesWhatWeRelyOn() throws {
    try CryptoLibrary.check()
    #expect(CryptoLibrary.version.hasPrefix("OpenSSL 3."))
  }

  @Test func errorsSayWhereAndWhatToDo() {
    let error = CryptoError(code: .library, message: "broken", remedy: "mend it", location: "keys:3")
    #expect(error.description == "keys:3: broken (mend it)")
    #expect(CryptoError(code: .library, message: "broken").description == "broken")
  }
}
