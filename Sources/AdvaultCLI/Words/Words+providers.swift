internal import OAuthCore
internal import Providers

extension Explanation {
    init(_ error: ProvidersError) {
        switch error {
        case .unknownProvider(let name):
            self.init(
                "unknown-provider", .usage, "no provider is called \(Printable.quoted(name))",
                next: "list them with: advault provider list; add one: advault help providers")
        case .json(let fault): self.init(file: fault.words)
        case .notAnObject: self.init(file: "it is not a JSON object")
        case .unknownKey(let key): self.init(file: "it has an unknown key, \(Printable.quoted(key))")
        case .missingKey(let key): self.init(file: "the key \(Printable.quoted(key)) is missing")
        case .wrongValue(let key): self.init(file: "\(Printable.quoted(key)) has a value that it cannot have")
        case .notOneOf(let key, let words):
            self.init(file: "\(Printable.quoted(key)) is not one of \(words.joined(separator: ", "))")
        case .url(let key, let fault): self.init(file: "\(Printable.quoted(key)) \(fault.words)")
        case .nameIsNotTheFiles(let name):
            self.init(file: "it says the name \(Printable.quoted(name)), which is not the file's")
        case .reserved(let name):
            self.init(file: "\(Printable.quoted(name)) is set by advault itself")
        case .apiVersion(let text):
            self.init(
                "api-version", .usage, "\(Printable.quoted(text)) is no API version",
                next: "write it as YYYYMM under api_versions in config.json")
        }
    }

    private init(file what: String) {
        self.init(
            "provider-file", .usage, "the provider file cannot be used: \(what)",
            next: "mend the file; the keys are listed by: advault help providers")
    }
}

extension JSONFault {
    /// Continues "the file cannot be used: …".
    var words: String {
        switch self {
        case .empty: "it is empty"
        case .cutOff: "it ends in the middle"
        case .syntax(let offset): "it is not JSON at byte \(offset)"
        case .tooDeep: "it is nested too deeply"
        case .duplicateKey(let offset): "a key stands twice, at byte \(offset)"
        case .tooLarge: "it is over 64 KiB"
        case .tooManyMembers: "an object in it has over 256 members"
        case .encoding(let offset): "it is not UTF-8 at byte \(offset)"
        case .notAnInteger(let offset): "a number at byte \(offset) is no integer"
        }
    }
}

extension EndpointURL.Fault {
    /// Continues the name of the address.
    var words: String {
        switch self {
        case .notAbsolute: "is not a whole address (https://…)"
        case .fragment: "has a fragment (#…)"
        case .userInfo: "has a user name in it"
        case .port: "has a port that is none"
        case .notHTTPS: "is http, which is only allowed to this machine (127.0.0.1, [::1], localhost)"
        }
    }
}

extension RedirectURI.Fault {
    /// Continues "the redirect URI …".
    var words: String {
        switch self {
        case .notAbsolute: "is not a whole address (http://localhost:8765/…)"
        case .fragment: "has a fragment (#…), which providers refuse"
        case .query: "has a query (?…), which providers refuse at the exchange"
        case .scheme: "is neither https nor http on this machine (127.0.0.1, [::1], localhost)"
        case .userInfo: "has a user name in it"
        case .port: "has a port that is none"
        case .notLiteral:
            "is not on 127.0.0.1 or [::1], and this provider redirects to nothing else, localhost included"
        }
    }
}
