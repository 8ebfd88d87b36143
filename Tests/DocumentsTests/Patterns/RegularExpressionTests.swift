import Documents
import Testing

struct RegularExpressionTests {
  @Test func matches() throws {
    let expression = try RegularExpression("(?<year>\\d{4})-(\\d{2})(-\\d{2})?")
    #expect(
      try expression.matches("2019-03") && !expression.matches("x2019-03") && expression.contains("x2019-03x")
    )
    #expect(expression.groupCount == 3 && expression.groupNames == ["year": 1])
    #expect(try expression.captures(in: "于2019-03签发") == ["2019-03", "2019", "03", nil])
    let match = try #require(try expression.firstMatch(in: "于2019-03-04"))
    #expect(
      match["year"] == "2019" && match[3] == "-04" && match[4] == nil && match[-1] == nil
        && match["day"] == nil)
    #expect(match.range == 3..<13)
    #expect(try expression.firstMatch(in: "") == nil)
  }

  @Test func knowsUnicode() throws {
    #expect(try RegularExpression("\\p{Han}+").matches("不动产权证"))
    #expect(try RegularExpression("^.$").matches("𝄞"))
    #expect(try RegularExpression("é", options: .caseInsensitive).matches("É"))
    #expect(
      try !RegularExpression("\\d").matches("１")
        && RegularExpression("\\d", options: .unicodeClasses).matches("１"))
    #expect(try !RegularExpression("a$").contains("a\n"))
    #expect(try RegularExpression("^b$", options: .multiline).contains("a\nb\nc"))
    #expect(try RegularExpression(" a # x\n b ", options: .extended).matches("ab"))
    #expect(try RegularExpression("a\u{0}b").matches("a\u{0}b") && RegularExpression("").matches(""))
  }

  @Test(arguments: [
    ("(\\d+)", "<$1>", "a1b22", "a<1>b<22>"), ("(?<x>a)|b", "[${x}]", "ab", "[a][]"),
    ("a*", "X", "baac", "XbXXcX"), ("", "-", "证a", "-证-a-"),
    ("x", "$$1", "x", "$1"), ("x", "", "axbx", "ab"), ("x", "y", "abc", "abc"),
    ("(.)(.)", "${2}${1}", "证照ab", "照证ba"), ("^", ">", "a", ">a"),
    ("(a)(b)", "$0$2", "ab", "abb"), ("$", "!", "", "!"),
  ])
  func replaces(_ pattern: String, _ template: String, _ text: String, _ expected: String) throws {
    #expect(try RegularExpression(pattern).replacing(text, with: template) == expected)
  }

  @Test(arguments: ["$2", "${name}", "$", "$x", "${1", "${}", "$99999999999999999999"])
  func refusesReplacements(_ template: String) throws {
    let expression = try RegularExpression("(a)")
    let error = #expect(throws: DocumentError.self) { try expression.replacing("a", with: "中" + template) }
    #expect(error?.code == .expression && error?.position?.offset == 3 && error?.position?.column == 2)
  }

  @Test(arguments: [
    ("a(b", 3), ("[z-a]", 3), ("*a", 0), ("证(", 4), ("a\\", 2), ("(?<n>a)(?<n>b)", 12), ("\\C", 2),
    ("(?<=a*)b", 0),
  ])
  func saysWhereAPatternIsWrong(_ pattern: String, _ offset: Int) {
    let error = #expect(throws: DocumentError.self) { try RegularExpression(pattern) }
    #expect(error?.code == .expression && error?.position?.offset == offset)
  }

  @Test(arguments: ["(a+)+$", "(a|a)*$", "(a*)*b", "((a?){30}){30}a{900}x", "^(\\w+\\s?)*$"])
  func neverHangs(_ pattern: String) throws {
    let expression = try RegularExpression(pattern)
    let text = String(repeating: "a", count: 5000) + "!"
    let duration = ContinuousClock().measure {
      // Either it is clever enough to see that nothing matches, or it says that it gives up.
      do throws(DocumentError) {
        let isMatch = try expression.matches(text)
        #expect(!isMatch)
      } catch {
        #expect(error.code == .limit)
      }
    }
    #expect(duration < .seconds(10))
  }

  @Test func givesUpWithAnError() throws {
    let error = #expect(throws: DocumentError.self) {
      try RegularExpression("(a+)+$").matches(String(repeating: "a", count: 40) + "!")
    }
    #expect(error?.code == .limit)
    let long = String(repeating: "a", count: 300 << 10)
    #expect(throws: DocumentError.self) { try RegularExpression("b").contains(long) }
    #expect(try RegularExpression("a+").matches(long))
    #expect(throws: DocumentError.self) { try RegularExpression("a").matches(utf8: [0xFF].span) }
  }

  @Test func servesManyThreads() async throws {
    let expression = try RegularExpression("(\\p{Han}+)(\\d+)")
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<32 {
        group.addTask {
          do {
            for round in 0..<200 {
              guard try expression.captures(in: "x不动产\(task)y\(round)") == ["不动产\(task)", "不动产", "\(task)"]
              else { return false }
            }
            return true
          } catch { return false }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}

struct IRegexpTests {
  @Test(arguments: [
    ("a.c", "abc", true), ("a.c", "a\nc", false), ("a.c", "a\rc", false), ("a.c", "a\u{2028}c", true),
    ("a\\.c", "abc", false), ("[.]", "a", false),
    ("", "", true), ("|a", "", true), ("a|", "a", true), ("()", "", true), ("(a|b)*c", "ababc", true),
    ("a{2}", "aa", true), ("a{2,}", "aaaa", true),
    ("a{1,2}", "aaa", false), ("a?b+c*", "b", true), ("[a-c-]", "-", true), ("[-a]", "-", true),
    ("[^-a]", "-", false), ("[a-]", "-", true),
    ("[^^]", "^", false), ("[a^]", "^", true), ("[\\]\\[\\-\\\\]+", "][-\\", true),
    ("[\\n\\t\\r]", "\n", true), ("\\p{L}+", "证é", true), ("\\P{Lu}", "a", true),
    ("[\\p{Nd}\\p{Lu}]+", "A1", true), ("[^\\p{L}]", "1", true), ("[\\P{L}]", "a", false),
    ("\\^\\(\\)\\{\\}\\|\\*\\+\\?\\-", "^(){}|*+?-", true), ("#a b/", "#a b/", true),
    ("[#&~ :]+", ":&~# ", true), ("\u{1F600}", "\u{1F600}", true),
    ("[\u{1F600}-\u{1F610}]", "\u{1F605}", true), ("\\p{Cn}", "\u{378}", true), ("\\p{Zs}", " ", true),
    ("[a-\\n]", "a", false), ("<a>", "<a>", true), ("-,'\"", "-,'\"", true),
    // Anchors may be repeated like anything else.
    ("^?a$*", "a", true), ("(^{1,}|b)a", "a", true), ("b^{1}a", "ba", false),
  ])
  func agreesWithTheRFC(_ pattern: String, _ text: String, _ isMatch: Bool) throws {
    if pattern == "[a-\\n]" {
      #expect(throws: DocumentError.self) { try RegularExpression(iRegexp: pattern) }
    } else {
      #expect(try RegularExpression(iRegexp: pattern).matches(text) == isMatch)
    }
  }

  @Test(arguments: [
    ("\\d", 1), ("a\\w", 2), ("\\s", 1), ("\\b", 1), ("\\u0041", 1), ("\\x41", 1), ("\\$", 1), ("\\1", 1),
    ("(?:a)", 1), ("(?=a)", 1), ("a*?", 2), ("a++", 2),
    ("a{,2}", 2), ("a{}", 2), ("a{1", 3), ("a{1,2", 5), ("a{x}", 2), ("{1}", 0), ("*", 0), ("+a", 0),
    ("?", 0), ("(*)", 1), ("(a", 2), ("a)", 1), ("[]", 1),
    ("[^]", 2), ("[", 0), ("[a", 0), ("[a-b-c]", 4), ("[--a]", 2), ("[[]", 1), ("[a[b]", 2), ("]", 0),
    ("}", 0), ("a|*", 2), ("\\p", 2), ("\\pL", 2), ("\\p{", 3),
    ("\\p{Lx}", 3), ("\\p{Cs}", 3), ("\\p{IsHan}", 3), ("\\p{lu}", 3), ("[\\p{L}-a]", 6), ("[a-\\p{L}]", 3),
    ("\\", 1), ("[\\d]", 2), ("证[", 3), ("[[:alpha:]]", 1),
  ])
  func refusesOtherDialects(_ pattern: String, _ offset: Int) {
    let error = #expect(throws: DocumentError.self) { try RegularExpression(iRegexp: pattern) }
    #expect(error?.code == .expression && error?.position?.offset == offset)
  }

  @Test func boundsNesting() {
    let deep = String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000)
    #expect(throws: DocumentError.self) { try RegularExpression(iRegexp: deep) }
  }
}
