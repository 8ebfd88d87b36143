import Documents
import Testing

@Suite struct SuggestionTests {
  private let words = ["concurrency", "rate", "daily", "windows", "maxResponse", "from", "form", "营业执照"]

  @Test(
    arguments: [
      ("concurency", "concurrency"), ("Rate", "rate"), ("max-response", "maxResponse"),
      ("max_respnse", "maxResponse"),
      ("dialy", "daily"), ("window", "windows"), ("fron", "from"), ("conc", "concurrency"), ("营业执招", "营业执照"),
      ("xyzzy", nil), ("", nil), ("q", nil), ("paging", nil),
    ] as [(String, String?)])
  func nearest(word: String, expected: String?) {
    #expect(Suggestion.nearest(to: word, in: words) == expected)
  }

  @Test func longWordsAreNotCompared() {
    let long = String(repeating: "a", count: 100_000)
    #expect(Suggestion.nearest(to: long, in: [long + "b"]) == nil)
  }
}
