package import OAuthCore

/// What can be wrong with a provider or its file. Facts only.
package enum ProvidersError: Error, Equatable, Sendable {
    case unknownProvider(String)
    case json(JSONFault)
    /// The file's outermost value is no object.
    case notAnObject
    /// A key that DESIGN.md does not list; a path such as `tests[0].uri`.
    case unknownKey(String)
    case missingKey(String)
    /// Another type or size than the key has, or empty.
    case wrongValue(String)
    /// Not one of the words that the key takes.
    case notOneOf(String, [String])
    case url(String, EndpointURL.Fault)
    /// `name` is not the file's own name.
    case nameIsNotTheFiles(String)
    /// A header that only the transport may set, or a parameter that only the protocol may.
    case reserved(String)
    /// An API version that is no such word (YYYYMM at LinkedIn).
    case apiVersion(String)
}
