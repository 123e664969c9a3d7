internal import OAuthCore
internal import Operations

/// `config.json`: API versions and ports, each by the provider's name. Nothing in it is secret.
package struct Settings: Equatable, Sendable {
    package private(set) var apiVersions: [String: String] = [:]
    package private(set) var ports: [String: UInt16] = [:]

    /// As in the file; the defaults where there is none.
    package static func read(_ context: CommandContext) throws(CommandError) -> Settings {
        guard let folder = Paths.settings(context) else { return Settings() }
        let path = folder + "/config.json"
        guard let bytes = try ClearFile.read(path) else { return Settings() }
        return try Settings(parsing: bytes, path: path)
    }

    package init() {}

    package init(parsing bytes: [UInt8], path: String) throws(CommandError) {
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch { throw .settings(path: path, .notJSON(error)) }
        for member in try Settings.members(value, of: "the file", path) {
            switch member.name {
            case "api_versions":
                for version in try Settings.members(member.value, of: member.name, path) {
                    apiVersions[version.name] = try Settings.version(version, path)
                }
            case "ports":
                for port in try Settings.members(member.value, of: member.name, path) {
                    ports[port.name] = try Settings.port(port, path)
                }
            default:
                // Not an error switch: any other key of the file is refused.
                throw .settings(path: path, .unknownKey(member.name))
            }
        }
    }

    /// The port of a provider's standard redirect URI.
    package func port(for provider: String) -> UInt16 { ports[provider] ?? AppDraft.standardPort }

    private static func members(
        _ value: JSONValue, of key: String, _ path: String
    ) throws(CommandError) -> [JSONValue.Member] {
        guard case .object(let members) = value else {
            throw .settings(path: path, .wrongType(key: key, expected: "an object"))
        }
        return members
    }

    private static func version(_ member: JSONValue.Member, _ path: String) throws(CommandError) -> String {
        guard case .string(let text) = member.value, !text.isEmpty else {
            throw .settings(
                path: path, .wrongType(key: member.name, expected: "a version such as \"202610\""))
        }
        return text
    }

    private static func port(_ member: JSONValue.Member, _ path: String) throws(CommandError) -> UInt16 {
        guard case .integer(let number) = member.value, let port = UInt16(exactly: number), port > 0 else {
            throw .settings(path: path, .wrongType(key: member.name, expected: "a port, 1 to 65535"))
        }
        return port
    }
}
