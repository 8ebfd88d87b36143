import Documents
import Mapping
import Testing

/// What authors are told: the place, what was expected, and the word they probably meant.
@Suite struct DiagnosticTests {
  /// The message for a field's rule; the rule stands in line 9 from column 21.
  static func rule(_ field: String, _ rule: String) -> [String] {
    Fixture.problems(Fixture.fields("\(field): \(rule)"))
  }

  @Test func anInlineCodeThatMeansNothingNeverMatches() {
    let found = Self.rule("basic.name", "{from: $.v, codes: {entries: {\"/\": x, a: y}}}")
    #expect(found.count == 1 && found[0].hasPrefix("it.yaml:10:49: warning: "), "\(found)")
    #expect(found.first?.contains("never matches") == true)
    #expect(Self.rule("basic.name", "{from: $.v, nulls: [b], codes: {entries: {\"/\": x, a: y}}}") == [])
  }

  /// Of a join that has errors it is not said that there is none.
  @Test(arguments: ["joins", "jions"]) func aBrokenJoinIsToldOnce(key: String) {
    let rows = key == "joins" ? "$.o[" : "$.o[*]"
    let found = Fixture.problems(
      Fixture.entity(
        "contractor-licence",
        """
        \(key):
          owner: {rows: "\(rows)", on: {$.k: $.k}, expect: any}
        fields:
          basic.number: $.no
          basic.name: {of: owner, from: $.v}
        holders:
          - {of: owner, fields: {name: $.n}}
        """))
    #expect(found.count == 1, "\(found)")
  }

  @Test(arguments: [
    (
      "basic.name", "{form: $.v}",
      [
        "it.yaml:10:20: error: mapping.entities.it.fields.basic.name has no key 'form' (did you mean 'from'?)",
        "it.yaml:10:19: error: mapping.entities.it.fields.basic.name needs the key 'from'",
      ]
    ),
    (
      "basic.nme", "$.v",
      ["it.yaml:10:7: error: a contractor-licence has no field 'basic.nme' (did you mean 'basic.name'?)"]
    ),
    (
      "specific.unitNumber", "$.v",
      ["it.yaml:10:7: error: a contractor-licence has no field 'specific.unitNumber'"]
    ),
    (
      "holder.name", "$.v",
      [
        "it.yaml:10:7: error: the key 'holder.name' of mapping.entities.it.fields is a field of holders, which have rules of their own under 'holders'"
      ]
    ),
    (
      "basic.name", "v",
      [
        "it.yaml:10:19: error: mapping.entities.it.fields.basic.name must be a JSONPath: a JSONPath starts with $, which stands for the row"
      ]
    ),
    (
      "basic.name", "$.a[",
      ["it.yaml:10:23: error: mapping.entities.it.fields.basic.name must be a JSONPath: "]
    ),
    (
      "basic.name", "{from: $.v, date: any}",
      [
        "it.yaml:10:31: error: mapping.entities.it.fields.basic.name.date is not allowed here: basic.name holds no date"
      ]
    ),
    (
      "basic.issuedDate", "{from: $.v, date: yyyymmdd}",
      [
        "it.yaml:10:43: error: mapping.entities.it.fields.basic.issuedDate.date must be one of any, yyyy-MM-dd, yyyyMMdd, yyyy/MM/dd, yyyy.MM.dd, yyyy年M月d日, yyyy-MM-dd HH:mm:ss, yyyyMMddHHmmss, iso, epoch-s, epoch-ms, not 'yyyymmdd' (did you mean 'yyyyMMdd'?)"
      ]
    ),
    (
      "basic.name", "{from: $.v, unit: 元}",
      [
        "it.yaml:10:31: error: mapping.entities.it.fields.basic.name.unit is not allowed here: basic.name holds no amount"
      ]
    ),
    (
      "specific.registeredCapital", "$.v",
      [
        "it.yaml:10:35: error: mapping.entities.it.fields.specific.registeredCapital needs the key 'unit', the unit the platform writes (元, 万元, 亿元)"
      ]
    ),
    (
      "specific.registeredCapital", "{from: $.v, unit: ㎡}",
      [
        "it.yaml:10:53: error: mapping.entities.it.fields.specific.registeredCapital.unit cannot be converted to 万元, in which specific.registeredCapital is kept; one of 元, 万元, 亿元"
      ]
    ),
    (
      "basic.name", "{from: $.v, split: 、}",
      [
        "it.yaml:10:31: error: mapping.entities.it.fields.basic.name.split is not allowed here: basic.name holds one value"
      ]
    ),
    (
      "basic.name", "{constant: a, otherwise: b}",
      [
        "it.yaml:10:33: error: mapping.entities.it.fields.basic.name.otherwise is not allowed here: a constant is the whole value; only 'when' may stand beside it"
      ]
    ),
    (
      "basic.state", "{constant: '1'}",
      [
        "it.yaml:10:31: error: mapping.entities.it.fields.basic.state.constant must be one of 01, 02, 03, 04, 05, 06, 07, 99 (certificate-state), not '1'"
      ]
    ),
    (
      "basic.issuedDate", "{constant: 2019/3/4}",
      [
        "it.yaml:10:36: error: mapping.entities.it.fields.basic.issuedDate.constant must be a date such as 2019-04-17, not '2019/3/4'"
      ]
    ),
    (
      "basic.state", "{from: $.v, codes: {entries: {a: '1'}}}",
      [
        "it.yaml:10:53: error: mapping.entities.it.fields.basic.state.codes.entries.a gives '1', but basic.state holds one of 01, 02, 03, 04, 05, 06, 07, 99 (certificate-state)"
      ]
    ),
    (
      "management.sourceDeleted", "{from: $.v, codes: {entries: {a: ja}}}",
      [
        "it.yaml:10:66: error: mapping.entities.it.fields.management.sourceDeleted.codes.entries.a gives 'ja', but management.sourceDeleted holds true or false"
      ]
    ),
    (
      "basic.name", "{from: $.v, codes: nowhere}",
      [
        "it.yaml:10:38: error: mapping.entities.it.fields.basic.name.codes names the code list 'nowhere', which is not in Mappings/codes"
      ]
    ),
    (
      "basic.areaCode", "{from: $.v, check: uscc}",
      [
        "it.yaml:10:42: error: mapping.entities.it.fields.basic.areaCode.check is uscc, but basic.areaCode holds a area-code"
      ]
    ),
    (
      "basic.issuedDate", "{from: $.v, check: uscc}",
      [
        "it.yaml:10:44: error: mapping.entities.it.fields.basic.issuedDate.check is for identifiers; basic.issuedDate holds none"
      ]
    ),
    (
      "basic.name", "{from: $.v, check: uscx}",
      [
        "it.yaml:10:38: error: mapping.entities.it.fields.basic.name.check must be one of uscc, citizen-id, real-estate-unit, deed-number, project-code, certificate-id, installer-licence, account-number, area-code, not 'uscx' (did you mean 'uscc'?)"
      ]
    ),
    (
      "basic.name", "{from: $.v, of: mesage}",
      [
        "it.yaml:10:35: error: mapping.entities.it.fields.basic.name.of must be message, not 'mesage' (did you mean 'message'?)"
      ]
    ),
    (
      "basic.name", "{from: $.v, match: '('}",
      ["it.yaml:10:40: error: mapping.entities.it.fields.basic.name.match must be a regular expression: "]
    ),
    (
      "basic.name", "{from: $.v, replace: {pattern: a, with: '$2'}}",
      [
        "it.yaml:10:60: error: mapping.entities.it.fields.basic.name.replace.with must be a replacement text: "
      ]
    ),
    (
      "basic.name", "{from: $.v, normalize: [uppercase, lowercase]}",
      [
        "it.yaml:10:31: error: mapping.entities.it.fields.basic.name.normalize must not ask for upper and lower case at once"
      ]
    ),
    (
      "basic.name", "{from: $.v, zone: '+08:00'}",
      [
        "it.yaml:10:31: error: mapping.entities.it.fields.basic.name.zone is not allowed here: basic.name holds no time"
      ]
    ),
    (
      "basic.issuedDate", "{from: $.v, zone: Beijing}",
      [
        "it.yaml:10:43: error: mapping.entities.it.fields.basic.issuedDate.zone must be an offset such as +08:00 or Z, not 'Beijing'"
      ]
    ),
    (
      "basic.name", "{from: $.v, when: {from: $.w}}",
      [
        "it.yaml:10:37: error: mapping.entities.it.fields.basic.name.when needs one of the keys equals, in, matches, present, not"
      ]
    ),
    (
      "basic.name", "{from: $.v, when: {equals: a}}",
      ["it.yaml:10:37: error: mapping.entities.it.fields.basic.name.when needs one of the keys all, any, not"]
    ),
    (
      "basic.name", "{from: []}",
      ["it.yaml:10:26: error: mapping.entities.it.fields.basic.name.from must have 1 or more elements, not 0"]
    ),
  ])
  func errorsHaveAPlaceAndARemedy(_ field: String, _ rule: String, _ expected: [String]) {
    let problems = Self.rule(field, rule)
    #expect(problems.count == expected.count)
    for (problem, wanted) in zip(problems, expected.sorted(by: Self.byPlace)) {
      #expect(problem.hasPrefix(wanted), "\(problem)")
    }
  }

  private static func byPlace(_ left: String, _ right: String) -> Bool {
    func place(_ text: String) -> [Int] {
      text.split(separator: ":").dropFirst().prefix(2).compactMap { Int($0) }
    }
    return place(left).lexicographicallyPrecedes(place(right))
  }

  @Test(arguments: [
    ("basic.name", "[{constant: a}, $.v]", "[1] is never reached: the rule before it always gives a value"),
    (
      "basic.name", "[{from: $.v, otherwise: a}, $.w]",
      "[1] is never reached: the rule before it always gives a value"
    ),
    (
      "basic.name", "[{from: $.v, required: true}, $.w]",
      "[1] is never reached: the rule before it quarantines"
    ),
    ("basic.name", "{from: $.v, otherwise: a, required: true}", "required has no effect beside 'otherwise'"),
    ("basic.name", "{from: [$.v, $.v]}", "from[1] stands twice in the list"),
    (
      "basic.issuedDate", "{from: $.v, date: [any, iso]}",
      "date[1] is never reached: the forms before it include it"
    ),
    ("basic.areaCode", "$.v", "fills an identifier without a check"),
    (
      "basic.name", "{from: $.v, when: {from: $.v, equals: /}}",
      "compares with '/', which means \"no value\" here"
    ),
    (
      "basic.name", "{from: $.v, when: {all: [{from: $.w, equals: a}, {from: $.w, equals: b}]}}",
      "can never be true"
    ),
    (
      "basic.name", "{from: $.v, when: {all: [{from: $.w, present: false}, {from: $.w, matches: b}]}}",
      "can never be true"
    ),
    (
      "basic.name", "{from: $.v, when: {all: [{from: $.w, equals: a}, {from: $.w, not: {equals: a}}]}}",
      "can never be true"
    ),
    ("basic.name", "{from: $.v, normalize: [compact, collapse]}", "asks for 'collapse' in vain"),
    ("specific.industry", "{from: $.v, codes: {list: numbers}}", ""),
  ])
  func warningsNameWhatHasNoEffect(_ field: String, _ rule: String, _ expected: String) {
    let codes = ["numbers": "codes: numbers\nentries: {a: b}"]
    let (library, diagnostics) = Fixture.library(Fixture.fields("\(field): \(rule)"), codes: codes)
    #expect(!diagnostics.hasErrors)
    #expect(library.mappings.count == 1)
    if expected.isEmpty {
      #expect(diagnostics.isEmpty)
    } else {
      #expect(diagnostics.warnings.count == 1)
      #expect(diagnostics.warnings.first?.message.contains(expected) == true, "\(diagnostics.all)")
      #expect(diagnostics.warnings.first?.line == 10)
    }
  }

  @Test func conditionsThatContradictTheEntityAreFound() {
    let yaml = Fixture.entity(
      "contractor-licence",
      """
      when: {from: $.t, in: [a, b]}
      fields:
        basic.number: $.no
        basic.name: {constant: x, when: {from: $.t, equals: c}}
        basic.remark: {constant: x, when: {from: $.t, equals: b}}
      """)
    let problems = Fixture.problems(yaml)
    #expect(problems.count == 1)
    #expect(problems.first?.contains("basic.name.when can never be true") == true)
  }

  @Test func theHeadIsChecked() {
    let yaml = """
      mapping: test/other
      version: 0
      message: yaml
      entities: {}
      """
    #expect(
      Fixture.problems(yaml) == [
        "it.yaml:1:1: error: mapping.mapping must be 'test/it', the file's place, not 'test/other'",
        "it.yaml:2:10: error: mapping.version must be 1 to 1000000, not 0",
        "it.yaml:3:10: error: mapping.message must be one of json, xml, not 'yaml'",
      ])
    #expect(Fixture.problems("a: [").count == 1)
    let twice = Fixture.fields("basic.name: $.v\nbasic.name: $.w")
    #expect(Fixture.problems(twice).first?.hasPrefix("it.yaml:11:7: error: ") == true)
    let kind = Fixture.entity("business-license", "fields: {}")
    #expect(Fixture.problems(kind).first?.contains("(did you mean 'business-licence'?)") == true)
  }

  @Test func entitiesThatCannotBeToldApartAreFound() {
    let none = Fixture.entity("property-deed", "fields:\n  basic.name: $.v")
    #expect(Fixture.problems(none).contains { $0.contains("every row will be quarantined") })
    let twins =
      Fixture.fields("basic.name: $.v")
      + "\n  again:\n    kind: contractor-licence\n    rows: $.rows[*]\n    fields:\n      basic.number: $.no"
    #expect(Fixture.problems(twins).contains { $0.contains("both make a contractor-licence of every row") })
  }

  @Test func joinsAreChecked() {
    let yaml = Fixture.entity(
      "contractor-licence",
      """
      joins:
        message: {rows: "$.a[*]", on: {$.k: $.k}, expect: any}
        side: {rows: "$.b[*]", on: {k: $.k}, expect: many}
      fields:
        basic.number: $.no
        basic.name: {of: site, from: $.x}
      """)
    let problems = Fixture.problems(yaml)
    #expect(problems.contains { $0.contains("has a meaning of its own after 'of'") })
    #expect(problems.contains { $0.contains("the key 'k' of") && $0.contains("must be a JSONPath") })
    #expect(problems.contains { $0.contains("must be one of one, optional, some, any, not 'many'") })
    #expect(problems.contains { $0.contains("(did you mean 'side'?)") })
  }

  @Test func codeListsAreChecked() {
    let yaml = Fixture.fields("basic.name: {from: $.v, codes: lst}\nbasic.state: {from: $.v, codes: bad}")
    let problems = Fixture.problems(
      yaml,
      codes: ["list": "codes: list\nentries: {a: b}", "bad": "codes: other\nentry: {a: '01'}"])
    #expect(
      problems == [
        "codes/bad.yaml:1:1: error: codes.codes must be 'bad', the file's place, not 'other'",
        "codes/bad.yaml:1:1: error: codes needs the key 'entries'",
        "codes/bad.yaml:2:1: error: codes has no key 'entry'; its keys are codes, title, entries",
        "it.yaml:10:38: error: mapping.entities.it.fields.basic.name.codes names the code list 'lst', which is not in Mappings/codes (did you mean 'list'?)",
        "it.yaml:11:39: error: mapping.entities.it.fields.basic.state.codes names the code list 'bad', which has errors itself",
      ])
  }
}
