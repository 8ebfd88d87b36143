import Documents
import Testing

struct JSONPathFilterTests {
  @Test(arguments: [
    SelectionCase("$[?@.a]", "[{\"a\":null},{\"b\":1},1,[]]", "[{\"a\":null}]", paths: ["$[0]"]),
    SelectionCase("$[?!@.a]", "[{\"a\":null},{\"b\":1},1]", "[{\"b\":1},1]"),
    SelectionCase("$[?@.*]", "[1,[],[2],{},{\"a\":3}]", "[[2],{\"a\":3}]"),
    SelectionCase("$[?@[0:2]]", "[1,[],[2],{\"a\":3}]", "[[2]]"),
    SelectionCase("$[?@..a]", "[{\"b\":[{\"a\":1}]},[1]]", "[{\"b\":[{\"a\":1}]}]"),
    SelectionCase("$[?@[?@>1]]", "[[0],[0,1],[0,1,2],[42]]", "[[0,1,2],[42]]"),
    SelectionCase("$[?@.a==1].b", "[{\"a\":1,\"b\":2},{\"a\":2,\"b\":3}]", "[2]", paths: ["$[0]['b']"]),
    SelectionCase("$[?@ == 1]", "{\"x\":1,\"y\":2,\"z\":1.0}", "[1,1.0]", paths: ["$['x']", "$['z']"]),
    SelectionCase("$[?@.a == $.k]", "{\"k\":1,\"x\":{\"a\":1},\"y\":{\"a\":2}}", "[{\"a\":1}]"),
    SelectionCase("$.x[?@ == $['k'][0]]", "{\"k\":[3],\"x\":[1,3]}", "[3]"),
    SelectionCase(
      "$[?@.a=='b'||@.a=='d']", "[{\"a\":\"a\"},{\"a\":\"b\"},{\"a\":\"d\"}]", "[{\"a\":\"b\"},{\"a\":\"d\"}]"
    ),
    SelectionCase("$[?@>0&&@<10]", "[-1,5,20]", "[5]"),
    SelectionCase("$[?!(@=='b')]", "[\"a\",\"b\"]", "[\"a\"]"),
    SelectionCase("$[?!(!(@=='b'))]", "[\"a\",\"b\"]", "[\"b\"]"),
    SelectionCase("$[? ! ( @ == 'b' ) ]", "[\"a\",\"b\"]", "[\"a\"]"),
    SelectionCase(
      "$[?@.a && @.b || @.c]", "[{\"a\":1},{\"a\":1,\"b\":1},{\"c\":1}]", "[{\"a\":1,\"b\":1},{\"c\":1}]"),
    SelectionCase(
      "$[?@.c || @.a && @.b]", "[{\"a\":1},{\"a\":1,\"b\":1},{\"c\":1}]", "[{\"a\":1,\"b\":1},{\"c\":1}]"),
    SelectionCase(
      "$[?(@.a || @.b) && @.c]", "[{\"a\":1},{\"b\":1,\"c\":1},{\"c\":1}]", "[{\"b\":1,\"c\":1}]"),
    SelectionCase(
      "$[?@.a,?@.b]", "[{\"a\":1},{\"b\":1},{\"a\":1,\"b\":1}]",
      "[{\"a\":1},{\"a\":1,\"b\":1},{\"b\":1},{\"a\":1,\"b\":1}]"),
    SelectionCase("$[0,?@==1]", "[1,2]", "[1,1]"),
    SelectionCase("$..[?@.id>1]", "[{\"id\":1,\"c\":[{\"id\":2}]},{\"id\":3}]", "[{\"id\":3},{\"id\":2}]"),
    SelectionCase("$[?@]", "[0,false,null,\"\",[],{}]", "[0,false,null,\"\",[],{}]"),
    SelectionCase("$[?$]", "[1]", "[1]"),
    SelectionCase("$[?@.a]", "1", "[]"),
    SelectionCase("$[?'a'==@]", "[\"a\",\"b\"]", "[\"a\"]"),
    SelectionCase("$[?1==1]", "[1]", "[1]"),
    SelectionCase("$[?true==false]", "[1]", "[]"),
    SelectionCase("$[?@ .a == 1]", "[{\"a\":1}]", "[{\"a\":1}]"),
    SelectionCase("$[?@[ 'a' ]==1]", "[{\"a\":1}]", "[{\"a\":1}]"),
    SelectionCase("$[?@[-1]==2]", "[[1,2],[2,1]]", "[[1,2]]"),
  ])
  func filters(_ example: SelectionCase) throws { try example.check() }

  @Test(arguments: [
    SelectionCase(
      "$[?@ == 1]", "[1,1.0,1e0,10e-1,0.1e1,1.00000000000000000001,\"1\",true]", "[1,1.0,1e0,10e-1,0.1e1]"),
    SelectionCase("$[?@ == -0]", "[0,-0,0.0,-0e5,1]", "[0,-0,0.0,-0e5]"),
    SelectionCase("$[?@ == 1e2]", "[100,100.0,99]", "[100,100.0]"),
    SelectionCase("$[?@ == 1E+2]", "[100]", "[100]"),
    SelectionCase("$[?@ == -1.5e-3]", "[-0.0015,0.0015]", "[-0.0015]"),
    SelectionCase("$[?@ == 9007199254740993]", "[9007199254740992,9007199254740993]", "[9007199254740993]"),
    SelectionCase(
      "$[?@ > 123456789012345678901234567890]",
      "[123456789012345678901234567891,123456789012345678901234567890,1e29,1e30]",
      "[123456789012345678901234567891,1e30]"),
    SelectionCase(
      "$[?@ < 0.1]", "[0.09999999999999999999,0.1,0.10,-5,1e-400,1e400]", "[0.09999999999999999999,-5,1e-400]"
    ),
    SelectionCase("$[?@ < -1]", "[-2,-1.5,-1,-0.5,0]", "[-2,-1.5]"),
    SelectionCase("$[?@ >= 1e3]", "[1000,999.9,1001]", "[1000,1001]"),
    SelectionCase("$[?@ <= 'b']", "[\"a\",\"b\",\"c\",1,null]", "[\"a\",\"b\"]"),
    SelectionCase("$[?@ < '\u{FFFF}']", "[\"\u{10000}\",\"\u{FFFE}\"]", "[\"\u{FFFE}\"]"),
    SelectionCase("$[?@ > 'a']", "[\"\",\"a\",\"aa\",\"b\",\"A\"]", "[\"aa\",\"b\"]"),
    SelectionCase("$[?@ == 'a/']", "[\"\\u0061\\/\",\"a/\"]", "[\"\\u0061\\/\",\"a/\"]"),
    SelectionCase("$[?@ != 1]", "[1,2,\"1\",null]", "[2,\"1\",null]"),
    SelectionCase("$[?@.a != 1]", "[{\"a\":1},{\"b\":1},{\"a\":null}]", "[{\"b\":1},{\"a\":null}]"),
    SelectionCase("$[?@.a == null]", "[{\"a\":null},{}]", "[{\"a\":null}]"),
    SelectionCase(
      "$[?@.a == @.b]", "[{},{\"a\":1},{\"a\":1,\"b\":1.0},{\"a\":1,\"b\":2}]", "[{},{\"a\":1,\"b\":1.0}]"),
    SelectionCase(
      "$[?@.a <= @.b]",
      "[{},{\"a\":1},{\"a\":1,\"b\":1},{\"a\":true,\"b\":true},{\"a\":[],\"b\":[]},{\"a\":2,\"b\":1}]",
      "[{},{\"a\":1,\"b\":1},{\"a\":true,\"b\":true},{\"a\":[],\"b\":[]}]"),
    SelectionCase(
      "$[?@.a < @.b]", "[{},{\"a\":false,\"b\":true},{\"a\":null,\"b\":1},{\"a\":[1],\"b\":[2]}]", "[]"),
    SelectionCase("$[?@.a >= null]", "[{\"a\":null},{\"a\":1},{}]", "[{\"a\":null}]"),
    SelectionCase(
      "$[?@.a == @.b]",
      "[{\"a\":{\"x\":1,\"y\":[1.0,null]},\"b\":{\"y\":[1,null],\"x\":1e0}},{\"a\":{\"x\":1},\"b\":{\"x\":1,\"y\":1}},{\"a\":[1,2],\"b\":[2,1]}]",
      "[{\"a\":{\"x\":1,\"y\":[1.0,null]},\"b\":{\"y\":[1,null],\"x\":1e0}}]"),
    SelectionCase(
      "$[?@.a == @.b]", "[{\"a\":{\"x\":1,\"x\":2},\"b\":{\"\\u0078\":2}}]",
      "[{\"a\":{\"x\":1,\"x\":2},\"b\":{\"\\u0078\":2}}]"),
    SelectionCase("$[?@ == true]", "[true,false,1,\"true\"]", "[true]"),
    SelectionCase("$[?@ == 'ü']", "[\"ü\",\"u\u{308}\"]", "[\"ü\"]"),
  ])
  func compares(_ example: SelectionCase) throws { try example.check() }

  @Test(arguments: [
    SelectionCase(
      "$[?length(@)>=2]", "[\"ab\",\"a\",\"证照\",\"𝄞\",[1,2],{\"a\":1,\"b\":2},12,null,true]",
      "[\"ab\",\"证照\",[1,2],{\"a\":1,\"b\":2}]"),
    SelectionCase(
      "$[?length(@)==1]", "[\"\\uD834\\uDD1E\",\"\\u0061\",{\"a\":1,\"a\":2}]",
      "[\"\\uD834\\uDD1E\",\"\\u0061\",{\"a\":1,\"a\":2}]"),
    SelectionCase("$[?length('abc')==3]", "[1]", "[1]"),
    SelectionCase("$[?length(1)==length(@.x)]", "[1]", "[1]"),
    SelectionCase(
      "$[?length(@.a)==length(@.b)]", "[{\"a\":\"x\",\"b\":[1]},{\"a\":\"\",\"b\":[1]}]",
      "[{\"a\":\"x\",\"b\":[1]}]"),
    SelectionCase("$[?count(@.*)>1]", "[[1,2],[1],{\"a\":1,\"b\":2},\"ab\"]", "[[1,2],{\"a\":1,\"b\":2}]"),
    SelectionCase("$[?count(@..*)==3]", "[[1,[2]],[1,2]]", "[[1,[2]]]"),
    SelectionCase("$[?count(@['a','a'])==2]", "[{\"a\":1}]", "[{\"a\":1}]"),
    SelectionCase("$[?count(@)==1]", "[1,2]", "[1,2]"),
    SelectionCase(
      "$[?value(@..c)=='r']", "[{\"c\":\"r\"},{\"c\":\"r\",\"d\":{\"c\":\"r\"}},{\"x\":{\"c\":\"r\"}}]",
      "[{\"c\":\"r\"},{\"x\":{\"c\":\"r\"}}]"),
    SelectionCase("$[?value(@.a)==value(@.b)]", "[{},{\"a\":1}]", "[{}]"),
    SelectionCase("$[?length(value($..w))==@]", "{\"w\":\"xy\",\"v\":2}", "[2]"),
    SelectionCase(
      "$[?match(@.d,'1974-05-..')]", "[{\"d\":\"1974-05-11\"},{\"d\":\"1974-05-1\"},{\"d\":5}]",
      "[{\"d\":\"1974-05-11\"}]"),
    SelectionCase(
      "$[?match(@,'a.*')]", "[\"ab\",\"bab\",\"a\\nb\",\"a\u{2028}b\"]", "[\"ab\",\"a\u{2028}b\"]"),
    SelectionCase("$[?search(@,'a.b')]", "[\"xa𐄁bx\",\"ab\"]", "[\"xa𐄁bx\"]"),
    SelectionCase("$[?match(@,'b|c')]", "[\"b\",\"c\",\"bc\",\"ab\"]", "[\"b\",\"c\"]"),
    SelectionCase("$[?search(@,'[BR]ob')]", "[\"Bob\",\"xRoby\",\"rob\"]", "[\"Bob\",\"xRoby\"]"),
    SelectionCase("$[?match(@,'\\\\p{Lu}')]", "[\"ж\",\"Ж\",\"1\"]", "[\"Ж\"]"),
    SelectionCase("$[?match(@,'[\\\\p{L}0-9]+')]", "[\"证照3\",\"证-照\"]", "[\"证照3\"]"),
    SelectionCase("$[?match(@,'\\\\d')]", "[\"1\",\"d\"]", "[]"),
    SelectionCase("$[?!match(@,'(')]", "[\"(\"]", "[\"(\"]"),
    SelectionCase("$[?match(@,'[z-a]')]", "[\"b\"]", "[]"),
    SelectionCase("$[?match(@,'^ab.*')]", "[\"abc\",\"xab\"]", "[\"abc\"]"),
    SelectionCase("$[?match(@,'.*bc$')]", "[\"abc\",\"abcx\",\"abc\\n\"]", "[\"abc\"]"),
    SelectionCase("$[?search(@,'bc$')]", "[\"abc\",\"abcx\",\"abc\\n\"]", "[\"abc\"]"),
    SelectionCase(
      "$.v[?match(@,$.r)]", "{\"r\":\"b.?b\",\"v\":[\"bab\",\"bb\",\"bbab\",1]}", "[\"bab\",\"bb\"]"),
    SelectionCase("$.v[?search(@,value($..r))]", "{\"r\":\"b+\",\"v\":[\"abc\",\"ac\"]}", "[\"abc\"]"),
    SelectionCase("$[?match(1,'a')||match(@,1)]", "[\"a\"]", "[]"),
    SelectionCase("$[?match( @ , 'a' )]", "[\"a\"]", "[\"a\"]"),
  ])
  func callsFunctions(_ example: SelectionCase) throws { try example.check() }
}
