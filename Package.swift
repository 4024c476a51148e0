// swift-tools-version: 6.3
import Foundation
import PackageDescription

// Arrows point down only: executables, composition, shells, machines, values, C (docs/architecture.md).
// With TOONO_ONLY="Allocation,AllocationTests" in the environment only these targets and what they stand on are
// part of the package, so that a pure module builds and tests in seconds without the networking dependencies.

enum Kind {
    case module, executable, test
    case system(pkgConfig: String, apt: String)
    case c
}

struct Row {
    var name: String
    var kind: Kind
    /// Names of other rows, or of products of the packages below.
    var needs: [String]

    init(_ kind: Kind, _ name: String, _ needs: String...) {
        self.name = name
        self.kind = kind
        self.needs = needs
    }
}

let rows: [Row] = [
    // C
    Row(.system(pkgConfig: "libmnl", apt: "libmnl-dev"), "CMNL"),
    Row(.system(pkgConfig: "libnl-route-3.0", apt: "libnl-route-3-dev"), "CNL"),
    Row(.system(pkgConfig: "yaml-0.1", apt: "libyaml-dev"), "CYAML"),
    Row(.c, "CLinux"),
    // values
    Row(.module, "Addresses"),
    Row(.module, "Wire"),
    Row(.module, "KubernetesObjects"),
    Row(.module, "Reasons"),
    Row(.module, "Timing"),
    // what benchmarks share: rows of figures, a stopwatch, numbers from a seed; part of no product
    Row(.module, "Benchmarking"),
    // machines
    Row(.module, "ClusterConfiguration", "Addresses", "KubernetesObjects"),
    Row(.module, "Allocation", "Addresses", "ClusterConfiguration", "KubernetesObjects", "Reasons"),
    Row(.module, "Ranking", "Addresses", "Crypto"),
    Row(.module, "Eligibility", "Addresses", "ClusterConfiguration", "KubernetesObjects", "Reasons"),
    Row(
        .module, "RoutePlanning", "Addresses", "ClusterConfiguration", "Eligibility", "KubernetesObjects", "Reasons"),
    Row(.module, "Neighbors", "Addresses", "Timing", "Wire"),
    Row(.module, "Ownership", "Addresses", "Timing", "Wire", "Ranking", "Crypto"),
    Row(.module, "BGP", "Addresses", "Timing", "Wire"),
    Row(.module, "BFD", "Addresses", "Timing", "Wire"),
    Row(.module, "SinkReplies", "Addresses", "Timing", "Wire"),
    // the machines of a link under virtual time and faults; for tests and hack/simulate, part of no product
    Row(.module, "OwnershipSimulation", "Addresses", "Ranking", "Ownership", "Timing"),
    // damaged input for whatever reads a peer's bytes; for tests and hack/fuzz, part of no product
    Row(.module, "Fuzzing", "Addresses", "Benchmarking", "BFD", "BGP", "Neighbors", "Timing", "Wire"),
    Row(
        .module, "Announcement", "Addresses", "ClusterConfiguration", "Eligibility", "KubernetesObjects", "Neighbors",
        "Ownership",
        "Ranking", "Reasons", "SinkReplies", "Timing", "Wire"),
    // what people ask about a cluster: answered by the rules of the processes, over what the API holds
    Row(
        .module, "Inspection", "Addresses", "ClusterConfiguration", "Eligibility", "KubernetesObjects", "Reasons"),
    // shells
    Row(.module, "PositionedYAML", "CYAML"),
    // only for command lines: Yams brings all of Foundation along
    Row(.module, "YAMLOutput", "Yams"),
    Row(.module, "LegacyConfiguration", "Addresses", "ClusterConfiguration", "KubernetesObjects", "PositionedYAML"),
    Row(
        .module, "ConfigurationFiles", "ClusterConfiguration", "LegacyConfiguration", "KubernetesObjects",
        "PositionedYAML", "YAMLOutput"),
    Row(
        .module, "KubernetesClient", "KubernetesObjects", "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOSSL",
        "NIOHTTP1",
        "NIOFoundationEssentialsCompat", "Logging", "Metrics"),
    Row(.module, "Kubeconfig", "KubernetesClient", "PositionedYAML"),
    Row(.module, "Kernel", "Addresses", "CMNL", "CNL", "CLinux", "NIOCore", "NIOPosix"),
    Row(.module, "StateStore", "Crypto"),
    Row(
        .module, "LinkSockets", "Addresses", "Wire", "Neighbors", "SinkReplies", "Timing", "CLinux", "NIOCore",
        "NIOPosix"),
    Row(.module, "BGPTransport", "Addresses", "BGP", "Timing", "NIOCore", "NIOPosix"),
    Row(
        .module, "BFDTransport", "Addresses", "BFD", "LinkSockets", "Timing", "CLinux", "NIOCore", "NIOPosix"),
    Row(
        .module, "Telemetry", "Logging", "Metrics", "Hummingbird", "HummingbirdCore", "NIOCore", "NIOSSL",
        "ServiceLifecycle", "UnixSignals"),
    // composition
    // who may read metrics: asked of the API server, for the HTTP endpoint
    Row(.module, "AccessReview", "KubernetesClient", "KubernetesObjects", "Telemetry"),
    Row(
        .module, "Controller", "Addresses", "Allocation", "CLinux", "ClusterConfiguration", "LegacyConfiguration",
        "KubernetesClient",
        "KubernetesObjects", "Reasons", "Telemetry", "DequeModule", "HeapModule", "Logging", "Metrics",
        "ServiceLifecycle"),
    Row(
        .module, "Speaker", "Addresses", "Announcement", "AsyncHTTPClient", "BFD", "BFDTransport", "BGP",
        "BGPTransport", "ClusterConfiguration", "Eligibility",
        "Kernel", "RoutePlanning",
        "KubernetesClient",
        "KubernetesObjects", "Crypto", "LinkSockets", "Neighbors", "Ownership", "Ranking", "Reasons", "SinkReplies",
        "StateStore",
        "Telemetry", "Timing",
        "Wire",
        "Logging",
        "Metrics", "NIOCore", "NIOHTTP1", "NIOPosix", "ServiceLifecycle"),
    // the lab's Kubernetes API: its store and semantics, and the HTTP server above them
    Row(.module, "LabAPI", "Addresses", "KubernetesObjects"),
    Row(
        .module, "LabServer", "LabAPI", "KubernetesObjects", "PositionedYAML", "Telemetry", "Hummingbird",
        "HummingbirdCore",
        "Logging",
        "NIOCore", "ServiceLifecycle"),
    // the lab's stand-in for YurtHub
    Row(.module, "LabHub", "KubernetesObjects", "LabAPI"),
    Row(
        .module, "LabHubServer", "LabAPI", "LabHub", "LabServer", "Telemetry", "AsyncHTTPClient", "Hummingbird",
        "Logging", "NIOCore", "NIOHTTP1", "ServiceLifecycle"),
    // the lab's stand-ins for kube-proxy, pods and clients
    Row(
        .module, "LabNode", "KubernetesObjects", "KubernetesClient", "Hummingbird", "Logging", "NIOCore", "NIOPosix",
        "ServiceLifecycle"),
    // flags that executables share
    Row(
        .module, "CommandOptions", "AccessReview", "KubernetesClient", "Telemetry", "ArgumentParser", "Logging"),
    // executables
    Row(
        .executable, "toono-controller", "ClusterConfiguration", "CommandOptions", "Controller", "Kubeconfig",
        "KubernetesClient", "KubernetesObjects", "Telemetry", "ArgumentParser",
        "Logging", "Metrics", "NIOPosix", "ServiceLifecycle"),
    Row(
        .executable, "toono-speaker", "CommandOptions", "Speaker", "Addresses", "Announcement", "Eligibility", "Kernel",
        "Kubeconfig",
        "KubernetesClient", "KubernetesObjects",
        "Ownership", "Reasons", "StateStore", "Telemetry", "ArgumentParser", "Logging", "Metrics", "NIOCore",
        "NIOPosix",
        "ServiceLifecycle"),
    Row(
        .executable, "toonoctl", "ClusterConfiguration", "ConfigurationFiles", "Eligibility", "Inspection",
        "Kubeconfig",
        "KubernetesClient", "KubernetesObjects", "YAMLOutput", "ArgumentParser", "AsyncHTTPClient", "Logging",
        "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "UnixSignals"),
    Row(.executable, "toono-lab-api", "LabAPI", "LabServer", "Telemetry", "ArgumentParser", "Logging"),
    Row(
        .executable, "toono-lab-hub", "LabHub", "LabHubServer", "LabServer", "Telemetry", "ArgumentParser", "Logging",
        "NIOPosix"),
    Row(.executable, "simulate", "OwnershipSimulation"),
    Row(.executable, "toono-fuzz", "Fuzzing"),
    // what hack/bench runs; part of no product
    Row(
        .executable, "toono-bench", "Addresses", "Allocation", "Benchmarking", "ClusterConfiguration",
        "KubernetesObjects"),
    Row(
        .executable, "toono-bench-controller", "Addresses", "Benchmarking", "Controller", "KubernetesClient",
        "KubernetesObjects"),
    Row(
        .executable, "toono-bench-kernel", "Addresses", "Announcement", "Benchmarking", "Kernel", "LinkSockets",
        "Neighbors", "Speaker", "Timing", "ArgumentParser", "NIOCore", "NIOPosix"),
    Row(
        .executable, "toono-bench-bgp", "Addresses", "BFD", "BFDTransport", "BGP", "BGPTransport", "Timing",
        "ArgumentParser", "NIOCore", "NIOPosix"),
    Row(
        .executable, "toono-lab-node", "LabNode", "Kubeconfig", "KubernetesClient", "ArgumentParser", "Logging",
        "NIOPosix",
        "ServiceLifecycle", "UnixSignals"),
    // what tests of the kernel share: commands, network namespaces, links between them
    Row(.module, "TestSupport", "CLinux"),
    Row(.module, "BGPTestSupport", "Addresses", "BGP"),
    // tests
    Row(.test, "AddressesTests", "Addresses"),
    Row(.test, "WireTests", "Wire"),
    Row(.test, "BenchmarkingTests", "Benchmarking"),
    Row(.test, "KubernetesObjectsTests", "KubernetesObjects"),
    Row(.test, "ClusterConfigurationTests", "ClusterConfiguration", "Addresses", "KubernetesObjects"),
    Row(.test, "PositionedYAMLTests", "PositionedYAML"),
    Row(.test, "LegacyConfigurationTests", "LegacyConfiguration", "ClusterConfiguration", "KubernetesObjects"),
    Row(
        .test, "ConfigurationFilesTests", "ConfigurationFiles", "ClusterConfiguration", "LegacyConfiguration",
        "KubernetesObjects", "PositionedYAML", "YAMLOutput"),
    Row(.test, "AllocationTests", "Allocation", "ClusterConfiguration", "Addresses", "KubernetesObjects", "Reasons"),
    Row(.test, "RankingTests", "Ranking", "Addresses"),
    Row(.test, "EligibilityTests", "Eligibility", "ClusterConfiguration", "Addresses", "KubernetesObjects", "Reasons"),
    Row(
        .test, "RoutePlanningTests", "RoutePlanning", "Addresses", "ClusterConfiguration", "Eligibility",
        "KubernetesObjects",
        "Reasons"),
    Row(
        .test, "InspectionTests", "Inspection", "ClusterConfiguration", "Eligibility", "KubernetesObjects", "Reasons"),
    Row(.test, "NeighborsTests", "Neighbors", "Addresses", "Timing", "Wire"),
    Row(.test, "BGPTests", "BGP", "BGPTestSupport", "Addresses", "Timing", "Wire"),
    Row(.test, "FuzzingTests", "Fuzzing", "Benchmarking"),
    Row(.test, "BFDTests", "BFD", "Addresses", "Timing", "Wire"),
    Row(.test, "SinkRepliesTests", "SinkReplies", "Addresses", "Timing", "Wire"),
    Row(.test, "OwnershipTests", "Ownership", "Addresses", "Timing", "Wire", "Ranking", "Crypto"),
    Row(.test, "OwnershipSimulationTests", "OwnershipSimulation", "Ownership", "Addresses", "Ranking", "Timing"),
    Row(
        .test, "KubernetesClientTests", "KubernetesClient", "KubernetesObjects", "Kubeconfig", "Hummingbird", "NIOCore",
        "NIOPosix", "NIOHTTP1", "NIOSSL", "Logging"),
    Row(.test, "KernelTests", "Kernel", "Addresses", "CLinux", "NIOCore", "NIOPosix", "TestSupport"),
    Row(.test, "StateStoreTests", "StateStore"),
    Row(
        .test, "LinkSocketsTests", "LinkSockets", "Addresses", "Neighbors", "SinkReplies", "Wire", "CLinux", "NIOCore",
        "NIOPosix", "TestSupport"),
    Row(
        .test, "BGPTransportTests", "BGPTransport", "BFDTransport", "Addresses", "BFD", "BGP", "BGPTestSupport",
        "CLinux", "KubernetesObjects", "LinkSockets", "NIOCore", "NIOPosix", "TestSupport"),
    Row(
        .test, "TelemetryTests", "Telemetry", "Metrics", "Logging", "NIOCore", "NIOPosix", "NIOSSL", "ServiceLifecycle"),
    Row(
        .test, "AccessReviewTests", "AccessReview", "KubernetesClient", "KubernetesObjects", "Telemetry", "Logging",
        "NIOPosix", "ServiceLifecycle"),
    Row(
        .test, "ControllerTests", "Controller", "Allocation", "Benchmarking", "ClusterConfiguration",
        "KubernetesClient", "KubernetesObjects", "LabAPI", "LabNode", "Addresses", "Logging", "Reasons"),
    Row(
        .test, "AnnouncementTests", "Announcement", "Addresses", "ClusterConfiguration", "Eligibility",
        "KubernetesObjects",
        "Neighbors", "Ownership", "Ranking", "Reasons", "Timing", "Wire"),
    Row(
        .test, "SpeakerTests", "Speaker", "Announcement", "Addresses", "ClusterConfiguration", "Kernel",
        "KubernetesObjects", "Neighbors", "Ownership", "BFD", "Reasons", "Telemetry", "Timing"),
    Row(.test, "LabNodeTests", "LabNode", "KubernetesObjects"),
    Row(.test, "LabHubTests", "LabHub", "LabAPI", "KubernetesObjects"),
    Row(
        .test, "LabAPITests", "LabAPI", "LabServer", "Telemetry", "KubernetesObjects", "Hummingbird",
        "HummingbirdTesting",
        "Logging", "NIOCore"),
].filter { row in
    if case .test = row.kind {
        return FileManager.default.fileExists(atPath: Context.packageDirectory + "/Tests/" + row.name)
    }
    return FileManager.default.fileExists(atPath: Context.packageDirectory + "/Sources/" + row.name)
}

let packages: [(identity: String, dependency: Package.Dependency, products: [String])] = [
    (
        "swift-nio", .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOEmbedded", "NIOFoundationEssentialsCompat"]
    ),
    ("swift-nio-ssl", .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"), ["NIOSSL"]),
    (
        "async-http-client", .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        ["AsyncHTTPClient"]
    ),
    (
        "swift-argument-parser", .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        ["ArgumentParser"]
    ),
    ("swift-log", .package(url: "https://github.com/apple/swift-log", from: "1.16.0"), ["Logging"]),
    ("swift-metrics", .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"), ["Metrics"]),
    (
        "swift-collections", .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
        ["DequeModule", "HeapModule"]
    ),
    (
        "swift-service-lifecycle",
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        ["ServiceLifecycle", "UnixSignals"]
    ),
    ("swift-crypto", .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"), ["Crypto"]),
    (
        "hummingbird", .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        ["Hummingbird", "HummingbirdCore", "HummingbirdTesting"]
    ),
    ("Yams", .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"), ["Yams"]),
]

// MARK: - The package, computed from the rows

let rowsByName = Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0) })
let packageOfProduct = Dictionary(
    uniqueKeysWithValues: packages.flatMap { package in package.products.map { ($0, package.identity) } })

func closure(of names: [String]) -> Set<String> {
    var seen: Set<String> = []
    var open = names
    while let name = open.popLast() {
        if seen.insert(name).inserted { open += rowsByName[name]?.needs ?? [] }
    }
    return seen
}

let only = Context.environment["TOONO_ONLY"].map { $0.split(separator: ",").map(String.init) }
let wanted = closure(of: only ?? rows.map(\.name))
let productsWanted = Set(rows.filter { wanted.contains($0.name) }.flatMap(\.needs))

func target(_ row: Row) -> Target {
    let dependencies: [Target.Dependency] = row.needs.map { need in
        packageOfProduct[need].map { .product(name: need, package: $0) } ?? .target(name: need)
    }
    switch row.kind {
    case .module:
        return .target(
            name: row.name, dependencies: dependencies,
            swiftSettings: settings + (simulated.contains(row.name) ? optimized : []))
    case .executable: return .executableTarget(name: row.name, dependencies: dependencies, swiftSettings: settings)
    case .test:
        return .testTarget(
            name: row.name, dependencies: dependencies,
            resources: FileManager.default.fileExists(atPath: Context.packageDirectory + "/Tests/\(row.name)/Resources")
                ? [.copy("Resources")] : [],
            swiftSettings: settings)
    case .system(let pkgConfig, let apt):
        return .systemLibrary(name: row.name, pkgConfig: pkgConfig, providers: [.apt([apt])])
    case .c: return .target(name: row.name)
    }
}

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// What the simulation runs on is optimized in debug builds too: tests run hundreds of histories of thousands of datagrams.
let simulated = closure(of: ["OwnershipSimulation"])
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
    name: "toono",
    dependencies: packages.filter { !productsWanted.isDisjoint(with: $0.products) }.map(\.dependency),
    targets: rows.filter { wanted.contains($0.name) }.map(target)
)
