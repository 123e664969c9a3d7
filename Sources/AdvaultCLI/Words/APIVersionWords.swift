internal import Providers

extension APIVersion.Origin {
    /// Where a version comes from: after "the API version 202610, ".
    var words: String {
        switch self {
        case .option: "from --api-version"
        case .settings: "from config.json"
        case .providerFile: "from the provider file"
        case .standard: "the profile's default"
        }
    }
}

extension APIVersion {
    /// How to ask for a newer one.
    var advice: String {
        let set = "in config.json, \"api_versions\": {\"\(Printable.bare(provider))\": \"YYYYMM\"}"
        return switch origin {
        case .option: "give a newer one, --api-version YYYYMM, or leave it out"
        case .settings: "set a newer one \(set); to try one out: --api-version YYYYMM"
        case .providerFile:
            "set a newer one under headers in the provider file, or \(set); to try one out: --api-version YYYYMM"
        case .standard: "set a newer one \(set); to try one out: --api-version YYYYMM"
        }
    }
}
