/// The version, in one place: `advault --version` and the User-Agent.
package enum Version {
    package static let text = "0.1.0"
    package static let userAgent = "advault/\(text)"
}
