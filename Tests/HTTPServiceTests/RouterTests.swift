import HTTPService
import Testing

@Suite struct RouterTests {
  private static let router: Router<String> = {
    var router = Router<String>()
    for (method, pattern) in [
      ("POST", "/v1/certificates:search"), ("POST", "/v1/certificates:match"),
      ("GET", "/v1/certificates/{id}"),
      ("GET", "/v1/certificates/{id}/history"), ("GET", "/v1/projects"), ("POST", "/v1/projects:find"),
      ("GET", "/v1/projects/{id}"), ("POST", "/v1/projects/{id}:convert"), ("GET", "/v1/projects/new"),
      ("GET", "/v1/permit-cases"), ("POST", "/v1/permit-cases"), ("POST", "/inbound/{platform}/{operation}"),
      ("GET", "/console/{path...}"), ("GET", "/console/login"), ("GET", "/"), ("HEAD", "/v1/permit-cases"),
      ("GET", "/a/{x}/c"), ("GET", "/a/b/d"),
    ] {
      router.add(method, pattern, "\(method) \(pattern)")
    }
    return router
  }()

  private func describe(_ method: String, _ path: String, _ names: String...) -> String {
    switch RouterTests.router.match(method, path) {
    case .found(let endpoint, let parameters):
      endpoint + names.map { " \($0)=\(parameters[$0])" }.joined()
    case .options(let allow): "options " + allow.joined(separator: ",")
    case .methodNotAllowed(let allow): "allow " + allow.joined(separator: ",")
    case .notFound: "not found"
    }
  }

  @Test func findsLiteralsAndVerbs() {
    #expect(describe("GET", "/") == "GET /")
    #expect(describe("POST", "/v1/certificates:search") == "POST /v1/certificates:search")
    #expect(describe("POST", "/v1/certificates%3Asearch") == "not found")
    #expect(describe("POST", "/v1/certificates:burn") == "not found")
    #expect(describe("POST", "/v1/projects:find") == "POST /v1/projects:find")
    #expect(describe("GET", "/v1/%70rojects") == "GET /v1/projects")
    #expect(describe("GET", "/v1/projects/") == "not found")
    #expect(describe("GET", "/v1//projects") == "not found")
    #expect(describe("GET", "/v1") == "not found")
    #expect(describe("GET", "v1") == "not found")
  }

  @Test func takesParameters() {
    #expect(describe("GET", "/v1/certificates/17", "id") == "GET /v1/certificates/{id} id=17")
    #expect(describe("GET", "/v1/certificates/a%2Fb%20c", "id") == "GET /v1/certificates/{id} id=a/b c")
    // No verbs are known below certificates, so a colon is a character like any other.
    #expect(describe("GET", "/v1/certificates/a:b", "id") == "GET /v1/certificates/{id} id=a:b")
    #expect(describe("GET", "/v1/certificates/17/history", "id") == "GET /v1/certificates/{id}/history id=17")
    #expect(
      describe("POST", "/inbound/zj/push", "platform", "operation")
        == "POST /inbound/{platform}/{operation} platform=zj operation=push")
    #expect(describe("GET", "/v1/certificates//history") == "not found")
  }

  @Test func separatesVerbsFromParameters() {
    #expect(describe("POST", "/v1/projects/7:convert", "id") == "POST /v1/projects/{id}:convert id=7")
    #expect(describe("GET", "/v1/projects/7", "id") == "GET /v1/projects/{id} id=7")
    #expect(describe("GET", "/v1/projects/7%3Aconvert", "id") == "GET /v1/projects/{id} id=7:convert")
    #expect(describe("GET", "/v1/projects/7:convert") == "allow OPTIONS,POST")
    #expect(describe("POST", "/v1/projects/7") == "allow GET,HEAD,OPTIONS")
    #expect(describe("POST", "/v1/projects/7:") == "not found")
    #expect(describe("POST", "/v1/projects/7:burn") == "not found")
    #expect(describe("POST", "/v1/projects/:convert") == "not found")
  }

  @Test func prefersTheMoreExact() {
    #expect(describe("GET", "/v1/projects/new") == "GET /v1/projects/new")
    #expect(describe("GET", "/console/login") == "GET /console/login")
    #expect(describe("GET", "/console/app.js", "path") == "GET /console/{path...} path=app.js")
    #expect(describe("GET", "/console/a/b%20c.js", "path") == "GET /console/{path...} path=a/b c.js")
    #expect(describe("GET", "/console/login/x", "path") == "GET /console/{path...} path=login/x")
    #expect(describe("GET", "/console/", "path") == "GET /console/{path...} path=")
    #expect(describe("GET", "/console") == "not found")
    // The literal branch leads nowhere, so the parameter's is taken.
    #expect(describe("GET", "/a/b/c", "x") == "GET /a/{x}/c x=b")
    #expect(describe("GET", "/a/b/d") == "GET /a/b/d")
  }

  @Test func knowsMethods() {
    #expect(describe("HEAD", "/v1/projects") == "GET /v1/projects")
    #expect(describe("HEAD", "/v1/permit-cases") == "HEAD /v1/permit-cases")
    #expect(describe("HEAD", "/v1/projects:find") == "allow OPTIONS,POST")
    #expect(describe("DELETE", "/v1/permit-cases") == "allow GET,HEAD,OPTIONS,POST")
    #expect(describe("OPTIONS", "/v1/permit-cases") == "options GET,HEAD,OPTIONS,POST")
    #expect(describe("OPTIONS", "/nowhere") == "not found")
    #expect(describe("OPTIONS", "*").hasPrefix("options "))
    #expect(describe("get", "/") == "allow GET,HEAD,OPTIONS")
  }

  @Test func answers() async {
    var router = Router<RouteHandler>()
    router.add("GET", "/x/{id}") { _, parameters in .text(parameters["id"]) }
    let found = await router.respond(to: HTTPServerRequest(method: "GET", path: "/x/1"))
    #expect(found.status == 200)
    let missing = await router.respond(to: HTTPServerRequest(method: "GET", path: "/y"))
    #expect(missing.status == 404)
    #expect(missing.headers["Content-Type"] == "application/problem+json")
    let wrong = await router.respond(to: HTTPServerRequest(method: "PUT", path: "/x/1"))
    #expect(wrong.status == 405)
    #expect(wrong.headers["Allow"] == "GET, HEAD, OPTIONS")
    let options = await router.respond(to: HTTPServerRequest(method: "OPTIONS", path: "/x/1"))
    #expect(options.status == 204)
    #expect(options.headers["Allow"] == "GET, HEAD, OPTIONS")
  }

  @Test func mistakesOfTheProgramTrap() async {
    await #expect(processExitsWith: .failure) {
      var router = Router<Int>()
      router.add("GET", "/a/{x}", 1)
      router.add("GET", "/a/{y}", 2)
    }
    await #expect(processExitsWith: .failure) {
      var router = Router<Int>()
      router.add("GET", "/a/x{y}", 1)
    }
    await #expect(processExitsWith: .failure) {
      var router = Router<Int>()
      router.add("GET", "/{path...}/b", 1)
    }
  }
}
