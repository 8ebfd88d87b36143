import Documents
import Testing

struct JSONPathGrammarTests {
  @Test(arguments: [
    "", " ", "a", ".a", "@", "@.a", " $", "$ ", "$.a ", "$\n", "$.", "$..", "$.&", "$.1", "$.1a", "$.-a",
    "$. a", "$.\na",
    "$.. a", "$..\ta", "$.. [0]", "$.a.", "$a", "$$", "$.$", "$.'a'", "$.\"a\"", "$.a-b", "$.a b", "$...a",
    "$[", "$[]",
    "$[ ]", "$[,]", "$[0,]", "$[,0]", "$[0 2]", "$[0", "$]", "$[a]", "$['a", "$['a\"]", "$[\"a']",
    "$['a''b']", "$['a'b]",
    "$[''']", "$[\"\"\"]", "$['\\\"']", "$[\"\\'\"]", "$['\\a']", "$['\\x41']", "$['\\0']", "$['\\u']",
    "$['\\u12']",
    "$['\\u123g']", "$['\\U0041']", "$['\\u{41}']", "$['\\u+041']", "$['\\uD800']", "$['\\uDC00']",
    "$['\\uD800\\uD800']",
    "$['\\uDC00\\uD800']", "$['\\uD800a']", "$['\\uD800\\n']", "$['\\uD800\\u1234']", "$['\\", "$['\\']",
    "$['\u{0}']",
    "$['\u{1F}']", "$['\n']", "$[\"\t\"]", "$[01]", "$[-0]", "$[-01]", "$[00]", "$[1.0]", "$[1e0]", "$[+1]",
    "$[- 1]",
    "$[--1]", "$[-]", "$['1':]", "$[9007199254740992]", "$[-9007199254740992]", "$[99999999999999999999999]",
    "$[1:2:3:4]",
    "$[1:2:a]", "$[01:]", "$[:01]", "$[::01]", "$[-0:]", "$[:-0]", "$[::-0]", "$[1.0:]", "$[:1.0]", "$[+1:]",
    "$[:- 1]",
    "$[9007199254740992:]", "$[:9007199254740992]", "$[::-9007199254740992]", "$[1;2]", "$[(1)]", "$[*,]",
    "$[* *]",
    "$.*a", "$.**", "$[**]", "$.a[*]b", "$()", "$.a()", "$.length(@)", "$[?]", "$[?()]", "$[? ]", "$[?@.a",
    "$[?(@.a]",
    "$[?@.a)]", "$[?@.a==]", "$[?==1]", "$[?@.a=1]", "$[?@.a===1]", "$[?@.a<>1]", "$[?@.a=~'x']",
    "$[?@.a==1==1]",
    "$[?@.a in [1]]", "$[?@.a==[1]]", "$[?@.a=={}]", "$[?@.a&@.b]", "$[?@.a|@.b]", "$[?@.a and @.b]",
    "$[?&&@.a]",
    "$[?@.a&&]", "$[?@.a||]", "$[?@.a&&&@.b]", "$[?@.a,]", "$[?1]", "$[?'a']", "$[?true]", "$[?null]",
    "$[?!1]", "$[?!true]",
    "$[?@.a&&true]", "$[?true||@.a]", "$[?!@.a==1]", "$[?!!@.a]", "$[?!]", "$[?(@.a)==1]", "$[?1==(1)]",
    "$[?@.a==(@.b)]",
    "$[?@.*==1]", "$[?@..a==1]", "$[?@[0,1]==1]", "$[?@[0:1]==1]", "$[?@[?@.a]==1]", "$[?1==@.*]",
    "$[?$.*==1]",
    "$[?@['a','b']==1]", "$[?@.a==01]", "$[?@.a==-01]", "$[?@.a==+1]", "$[?@.a==.5]", "$[?@.a==1.]",
    "$[?@.a==1.e1]",
    "$[?@.a==1e]", "$[?@.a==1e+]", "$[?@.a==- 1]", "$[?@.a==0x1]", "$[?@.a==--1]", "$[?@.a==1_000]",
    "$[?@.a==Infinity]",
    "$[?@.a==True]", "$[?@.a==NULL]", "$[?@.a==nil]", "$[?@.a==undefined]", "$[?@.a==\"b]", "$[?@.a=='b\"]",
    "$[?a==1]",
    "$[?@a==1]", "$[?@ a]", "$[?@.a ]x", "$[?@.a] ", "$[?length(@)]", "$[?count(@.*)]", "$[?value(@.a)]",
    "$[?match(@,'a')==true]", "$[?true==search(@,'a')]", "$[?length()==1]", "$[?length(@,@)==1]",
    "$[?length(@.*)==1]",
    "$[?length(@..a)==1]", "$[?length(@[0,1])==1]", "$[?length(match(@,'a'))==1]", "$[?count()==1]",
    "$[?count(1)==1]",
    "$[?count('a')==1]", "$[?count(true)==1]", "$[?count(@,@)==1]", "$[?count(length(@))==1]",
    "$[?value(1)==1]",
    "$[?value('a')==1]", "$[?value(length(@))==1]", "$[?value()==1]", "$[?match(@)]", "$[?match(@,'a','b')]",
    "$[?match(@.*,'a')]", "$[?match(@,@.*)]", "$[?match(@,search(@,'a'))]", "$[?unknown(@)]",
    "$[?Length(@)==1]",
    "$[?length (@)==1]", "$[?length\n(@)==1]", "$[?length(@ ,)==1]", "$[?length(,@)==1]",
    "$[?length(@.a==1)==1]",
    "$[?length((@))==1]", "$[?length(!@)==1]", "$[?count((@.*))==1]", "$[?count(@.a&&@.b)==1]",
    "$[?length(@)==1", "$[?_f(@)]", "$[?1f(@)]",
    "$[?length(@]", "$[?length]", "$[?length==1]", "$[?@.length()]", "$[?@.a == 'x' 'y']", "$.a[?@.b]..",
    "$[?@.a].", "$[\u{A0}0]",
    "$\u{A0}.a", "$[?@.a==\u{3000}1]", "$.a\u{0B}", "$[?@.a==\u{FF11}]", "$[?@.a==truex]", "$[?@.a==true1]",
  ])
  func refuses(_ path: String) throws {
    let error = #expect(throws: DocumentError.self) { try JSONPath(path) }
    #expect(error?.code == .expression)
    #expect(error?.position != nil)
  }

  @Test func saysWhere() throws {
    let error = #expect(throws: DocumentError.self) { try JSONPath("$.证照[?@.号码 = 1]") }
    #expect(error?.position == DocumentPosition(line: 1, column: 12, offset: 19))
    #expect(error?.message.contains("'='") == true)
  }

  @Test func boundsNesting() throws {
    let deep = String(repeating: "(", count: 100_000) + "@" + String(repeating: ")", count: 100_000)
    #expect(throws: DocumentError.self) { try JSONPath("$[?" + deep + "]") }
    let filters = "$" + String(repeating: "[?@", count: 100_000) + String(repeating: "]", count: 100_000)
    #expect(throws: DocumentError.self) { try JSONPath(filters) }
    let fine = String(repeating: "(", count: 90) + "@" + String(repeating: ")", count: 90)
    #expect(throws: Never.self) { try JSONPath("$[?" + fine + "]") }
  }

  @Test(arguments: [
    ("$", true), ("$.a", true), ("$['a'][0][-1].b", true), ("$ .a", true), ("$.*", false), ("$..a", false),
    ("$[0,1]", false),
    ("$[0:1]", false), ("$[?@]", false),
  ])
  func knowsSingularQueries(_ path: String, _ isSingular: Bool) throws {
    #expect(try JSONPath(path).isSingular == isSingular)
  }
}
