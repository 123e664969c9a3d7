// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with: Swift 6 mode, strict memory safety, no warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Tests and the sandbox are not held to strict memory safety: they call Foundation and POSIX freely.
let relaxed: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "advault",
    products: [
        .executable(name: "advault", targets: ["advault"]),
        .executable(name: "advault-sandbox", targets: ["advault-sandbox"]),
    ],
    dependencies: [
        // By exact version: Package.resolved is not committed.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: [
        // Debian's libraries, patched by the distribution.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // The product. The arrows go one way; CI checks them.
        .target(name: "Secrets", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "CredentialVault", dependencies: ["Secrets", "CSQLite"], swiftSettings: strict),
        .target(name: "OAuthCore", dependencies: ["Secrets"], swiftSettings: strict),
        .target(name: "Providers", dependencies: ["OAuthCore"], swiftSettings: strict),
        .target(
            name: "HTTPTransport", dependencies: ["OAuthCore", "Secrets", "CCurl"], swiftSettings: strict),
        .target(
            name: "Operations",
            dependencies: ["CredentialVault", "Providers", "HTTPTransport", "OAuthCore", "Secrets"],
            swiftSettings: strict),
        .target(
            name: "AdvaultCLI",
            dependencies: [
                "Operations", "CredentialVault", "Providers", "HTTPTransport", "OAuthCore", "Secrets",
                argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(name: "advault", dependencies: ["AdvaultCLI"], swiftSettings: strict),

        // Tools of the package, not products for operators.
        .target(
            name: "Sandbox",
            // Secrets for SHA-256 alone: a primitive is not written again for a sandbox.
            dependencies: ["Secrets", .product(name: "FlyingFox", package: "FlyingFox")],
            swiftSettings: relaxed),
        .executableTarget(
            name: "advault-sandbox", dependencies: ["Sandbox", argumentParser], swiftSettings: relaxed),
        .executableTarget(
            name: "advault-vectors", dependencies: ["Secrets", "CSQLite"], swiftSettings: strict),

        .executableTarget(
            name: "advault-bench", dependencies: ["CredentialVault", "Secrets", argumentParser],
            swiftSettings: strict),

        // A library: `.ci/fuzz` links it with libFuzzer's main.
        .target(
            name: "Fuzzers", dependencies: ["CredentialVault", "Providers", "OAuthCore", "Secrets"],
            swiftSettings: strict),

        // COpenSSL for what the tests need and the product does not: SHA-512 of Cobblestone's long messages.
        .testTarget(name: "SecretsTests", dependencies: ["Secrets", "COpenSSL"], swiftSettings: relaxed),
        .testTarget(
            name: "CredentialVaultTests", dependencies: ["CredentialVault", "Secrets"], swiftSettings: relaxed
        ),
        .testTarget(name: "OAuthCoreTests", dependencies: ["OAuthCore", "Secrets"], swiftSettings: relaxed),
        .testTarget(
            name: "ProvidersTests", dependencies: ["Providers", "OAuthCore", "Secrets"],
            swiftSettings: relaxed),
        .testTarget(
            name: "HTTPTransportTests", dependencies: ["HTTPTransport", "OAuthCore", "Secrets"],
            swiftSettings: relaxed),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Operations", "CredentialVault", "Providers", "HTTPTransport", "OAuthCore", "Secrets",
            ],
            swiftSettings: relaxed),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "AdvaultCLI", "Operations", "CredentialVault", "Secrets", "Sandbox", "advault",
                "advault-sandbox",
            ],
            exclude: ["Golden", "Recorded"], swiftSettings: relaxed),
        .testTarget(
            name: "SandboxTests", dependencies: ["Sandbox", "advault", "advault-sandbox"],
            swiftSettings: relaxed),
    ]
)
