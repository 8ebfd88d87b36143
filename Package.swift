// swift-tools-version: 6.2
import PackageDescription

// One set of rules for every Swift target: language mode 6, the upcoming features that make
// imports and isolation explicit, strict memory safety (C stays inside the wrapper modules),
// and no warning is tolerated.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A system library: a module map and a header with the wrappers Swift cannot do without.
func library(_ name: String, pkgConfig: String? = nil, package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// A room of the house, which may import only rooms of the floors below.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
    exclude: [], swiftSettings: settings)
}

/// What several targets of tests need; no part of the product.
func support(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

let package = Package(
  name: "zhengdian",
  products: [.executable(name: "zhengdian", targets: ["zhengdian"])],
  targets: [
    // Floor 0: C libraries as Debian ships them.
    library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
    library("CEvent", pkgConfig: "libevent", package: "libevent-dev"),
    library("COpenSSL", pkgConfig: "openssl", package: "libssl-dev"),
    library("CPCRE2", pkgConfig: "libpcre2-8", package: "libpcre2-dev"),
    library("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
    library("CUnistring", package: "libunistring-dev"),
    library("CXML2", pkgConfig: "libxml-2.0", package: "libxml2-dev"),
    library("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
    library("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
    library("CZstd", pkgConfig: "libzstd", package: "libzstd-dev"),
    room("Pools"),

    // Floor 1: one library each, no domain.
    room("CivilTime"),
    room("Compression", ["CZstd", "Pools"]),
    room("Crypto", ["COpenSSL", "Pools"]),
    room("Documents", ["CPCRE2", "CUnistring", "CXML2", "CYAML", "Pools"]),
    room("HTTPTransport", ["CCurl", "CZlib"]),
    room("SQLDatabase", ["CSQLite"]),

    // Floor 2: the domain, pure: no I/O, no clock, no randomness that is not passed in.
    room("Applications", ["CivilTime", "Documents"]),
    room("Calendars", ["CivilTime"]),
    room("Certificates", ["CivilTime", "Documents"]),
    room("Exchanges", ["CivilTime", "Documents"]),
    // Beside the domain, of which they know nothing.
    room("Changes", ["CivilTime", "Documents", "SQLDatabase"]),
    room("HTTPService", ["CEvent", "Crypto"]),
    room("Telemetry", ["CivilTime", "Documents"]),

    // Floor 3: the exchange engine.
    room(
      "Adapters",
      ["Applications", "Calendars", "CivilTime", "Crypto", "Documents", "Exchanges", "HTTPTransport"]),
    room("Journal", ["CivilTime", "Compression", "Crypto", "Documents", "Exchanges", "SQLDatabase"]),
    room("Mapping", ["Applications", "Certificates", "CivilTime", "Crypto", "Documents", "Exchanges"]),
    room(
      "Registry",
      [
        "Certificates", "Changes", "CivilTime", "Compression", "Crypto", "Documents", "Exchanges",
        "SQLDatabase",
      ]),
    room("Policies", ["Applications", "Calendars", "Certificates", "CivilTime", "Documents"]),
    room("Work", ["Changes", "CivilTime", "Crypto", "Exchanges", "SQLDatabase"]),

    // Floor 4: what it is good for, and who may have it.
    room("Access", ["Certificates", "Changes", "CivilTime", "Crypto", "Registry", "SQLDatabase"]),
    room(
      "Authorisations",
      ["Certificates", "CivilTime", "Crypto", "Documents", "Exchanges", "Registry", "SQLDatabase"]),
    room(
      "Materials",
      [
        "Applications", "Certificates", "CivilTime", "Crypto", "Documents", "Exchanges", "Registry",
        "SQLDatabase",
      ]),
    room(
      "Notifications",
      [
        "Changes", "CivilTime", "Crypto", "Documents", "Exchanges", "HTTPTransport", "SQLDatabase", "Work",
      ]),
    room(
      "Inbound",
      ["Adapters", "CivilTime", "Crypto", "Exchanges", "Journal", "Registry", "SQLDatabase", "Work"]),
    room(
      "Pushing",
      [
        "Adapters", "Applications", "Changes", "CivilTime", "Crypto", "Documents", "Exchanges", "Journal",
        "Mapping",
        "Registry",
        "SQLDatabase", "Work",
      ]),
    room(
      "Sync",
      [
        "Adapters", "Calendars", "Certificates", "Changes", "CivilTime", "Crypto", "Documents", "Exchanges",
        "Journal",
        "Mapping", "Registry", "SQLDatabase", "Telemetry", "Work",
      ]),

    // Floor 5: what was done, done again; what it is good for.
    room(
      "Permits",
      [
        "Adapters", "Applications", "Calendars", "Certificates", "Changes", "CivilTime", "Crypto",
        "Documents",
        "Exchanges", "Inbound", "Journal", "Mapping", "Policies", "Pushing", "Registry", "SQLDatabase",
        "Work",
      ]),
    room(
      "Replay",
      [
        "Adapters", "Applications", "Changes", "CivilTime", "Crypto", "Documents", "Exchanges", "Journal",
        "Mapping",
        "Pushing",
        "Registry", "SQLDatabase", "Sync", "Work",
      ]),

    room(
      "Supply",
      [
        "Applications", "Authorisations", "Calendars", "Certificates", "Changes", "CivilTime", "Compression",
        "Crypto", "Documents", "Exchanges", "Journal", "Materials", "Policies", "Registry", "SQLDatabase",
        "Work",
      ]),

    // Floor 6: putting it together, and its faces.
    room(
      "Gateway",
      [
        "Access", "Adapters", "Applications", "Authorisations", "Calendars", "Certificates", "Changes",
        "CivilTime", "Crypto", "Documents", "Exchanges", "HTTPTransport", "Inbound", "Journal", "Mapping",
        "Materials", "Notifications", "Permits",
        "Policies", "Pushing", "Registry", "Replay", "SQLDatabase", "Supply", "Sync", "Telemetry", "Work",
      ]),
    room(
      "GatewayAPI",
      [
        "Access", "Adapters", "Applications", "Authorisations", "Calendars", "Certificates", "Changes",
        "CivilTime", "Compression", "Crypto", "Documents", "Exchanges", "HTTPService", "HTTPTransport",
        "Inbound", "Journal", "Mapping", "Materials", "Notifications", "Permits", "Policies", "Pushing",
        "Registry", "Replay", "SQLDatabase", "Supply",
        "Sync", "Telemetry", "Work",
      ]),
    room(
      "Sandbox",
      ["Certificates", "CivilTime", "Crypto", "Documents", "HTTPService", "HTTPTransport"]),

    // Floor 7: the command line.
    .executableTarget(
      name: "zhengdian",
      dependencies: [
        "Access", "Adapters", "Applications", "Authorisations", "Calendars", "Certificates", "Changes",
        "CivilTime", "Compression", "Crypto", "Documents", "Exchanges", "Gateway", "GatewayAPI",
        "HTTPTransport", "Inbound", "Journal", "Mapping", "Materials", "Notifications", "Permits", "Policies",
        "Pushing", "Registry", "Replay", "SQLDatabase", "Sandbox",
        "Supply", "Sync", "Telemetry", "Work",
      ],
      swiftSettings: settings),

    support("TestSupport"),
    tests("Access", ["Certificates", "CivilTime", "Crypto", "Registry", "SQLDatabase", "TestSupport"]),
    tests("Applications", ["CivilTime", "Documents"]),
    tests("Calendars", ["CivilTime", "TestSupport"]),
    tests("Certificates", ["CivilTime", "Documents", "TestSupport"]),
    tests("CivilTime", ["TestSupport"]),
    tests("Compression", ["TestSupport"]),
    tests("Crypto", ["TestSupport"]),
    tests("Documents", ["TestSupport"]),
    tests("HTTPService", ["TestSupport"]),
    tests("HTTPTransport", ["HTTPService", "TestSupport"]),
    tests(
      "Permits",
      [
        "Applications", "Calendars", "Certificates", "Changes", "CivilTime", "Crypto", "Documents",
        "Exchanges",
        "Journal", "Policies", "Pushing", "Registry", "SQLDatabase", "TestSupport", "Work",
      ]),
    tests(
      "Policies", ["Applications", "Calendars", "Certificates", "CivilTime", "Documents", "TestSupport"]),
    tests("SQLDatabase", ["TestSupport"]),
    tests(
      "Supply",
      [
        "Applications", "Authorisations", "Calendars", "Certificates", "Changes", "CivilTime", "Compression",
        "Crypto", "Documents", "Exchanges", "Journal", "Materials", "Policies", "Registry", "SQLDatabase",
        "TestSupport", "Work",
      ]),
    tests(
      "Authorisations",
      ["Certificates", "CivilTime", "Crypto", "Exchanges", "Registry", "SQLDatabase", "TestSupport"]),
    tests(
      "Materials",
      [
        "Applications", "Certificates", "CivilTime", "Crypto", "Exchanges", "Registry", "SQLDatabase",
        "TestSupport",
      ]),
    tests("Telemetry", ["Documents"]),
    tests("Exchanges", ["CivilTime", "TestSupport"]),
    tests(
      "Adapters",
      [
        "Applications", "CivilTime", "Crypto", "Documents", "Exchanges", "HTTPService", "HTTPTransport",
        "TestSupport",
      ]),
    tests("Journal", ["CivilTime", "Crypto", "Exchanges", "SQLDatabase", "TestSupport"]),
    tests(
      "Mapping",
      ["Applications", "Certificates", "CivilTime", "Crypto", "Documents", "Exchanges", "TestSupport"]),
    tests(
      "Registry",
      [
        "Certificates", "Changes", "CivilTime", "Crypto", "Documents", "Exchanges", "SQLDatabase",
        "TestSupport",
      ]),
    tests(
      "Sync",
      [
        "Adapters", "Applications", "Calendars", "Certificates", "Changes", "CivilTime", "Crypto",
        "Documents", "Exchanges", "HTTPTransport", "Inbound", "Journal", "Mapping", "Permits", "Policies",
        "Pushing", "Registry", "Replay", "SQLDatabase", "Sandbox", "TestSupport", "Work",
      ]),
    tests("Work", ["CivilTime", "Crypto", "Exchanges", "SQLDatabase", "TestSupport"]),
    tests(
      "Sandbox", ["Certificates", "CivilTime", "Crypto", "Documents", "HTTPService", "HTTPTransport"]),
    // The interface is tested on a gateway put together as the program does it.
    tests(
      "Gateway",
      [
        "Access", "Adapters", "Applications", "Calendars", "Certificates", "Changes", "CivilTime",
        "Compression", "Crypto", "Documents", "Exchanges", "GatewayAPI", "HTTPService", "HTTPTransport",
        "Inbound", "Journal", "Mapping", "Notifications", "Permits",
        "Policies", "Pushing", "Registry", "Replay",
        "SQLDatabase",
        "Supply", "Sync", "Telemetry", "TestSupport", "Work",
      ]),
    tests(
      "zhengdian",
      [
        "Access", "Adapters", "Applications", "Calendars", "Certificates", "CivilTime", "Compression",
        "Crypto",
        "Documents", "Exchanges", "Gateway", "GatewayAPI", "HTTPService", "HTTPTransport", "Inbound",
        "Journal",
        "Mapping", "Permits", "Policies", "Pushing", "Registry", "Replay", "SQLDatabase", "Sandbox", "Supply",
        "Sync", "Telemetry", "TestSupport", "Work",
      ]),

    tests(
      "Inbound",
      [
        "Adapters", "Applications", "CivilTime", "Crypto", "Documents", "Exchanges", "Journal", "Registry",
        "SQLDatabase",
        "TestSupport", "Work",
      ]),
    tests("Pushing", ["Adapters", "CivilTime", "Exchanges", "TestSupport"]),
    tests("Replay", ["Adapters", "CivilTime", "TestSupport"]),
    tests("Changes", ["CivilTime", "Documents", "SQLDatabase", "TestSupport"]),
    tests(
      "Notifications",
      [
        "Changes", "CivilTime", "Crypto", "Documents", "Exchanges", "HTTPService", "HTTPTransport",
        "SQLDatabase", "TestSupport", "Work",
      ]),

    // Whether all of the above is true.
    .testTarget(name: "HouseTests", swiftSettings: settings),
  ]
)

// Programs that only measure; no part of the product.
if Context.environment["ZHENGDIAN_BENCHMARKS"] != nil {
  package.targets += [
    // The stages of a pull one by one, for `Benchmarks/run`.
    .executableTarget(
      name: "stages",
      dependencies: [
        "Adapters", "CivilTime", "Crypto", "Documents", "Exchanges", "HTTPTransport", "Journal", "Mapping",
        "Registry", "SQLDatabase", "Sync",
      ],
      path: "Benchmarks/stages", swiftSettings: settings),
    // Journals and pushes in large numbers, for `Benchmarks/reliability`.
    .executableTarget(
      name: "workload",
      dependencies: [
        "Applications", "Calendars", "CivilTime", "Crypto", "Documents", "Exchanges", "Gateway", "GatewayAPI",
        "Journal", "Permits", "Policies", "Pushing", "Registry", "SQLDatabase", "Supply", "Telemetry", "Work",
      ],
      path: "Benchmarks/workload", swiftSettings: settings),
  ]
}
