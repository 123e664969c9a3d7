import Foundation

/// RFC 7636's S256.
package enum PKCE {
    /// 43 characters of base64url.
    package static func challenge(of verifier: String) -> String {
        Data(Fingerprint.sha256(verifier)).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
