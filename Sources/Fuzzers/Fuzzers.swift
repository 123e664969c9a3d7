private import CredentialVault
private import Glibc
private import OAuthCore
private import Providers
private import Secrets

/// libFuzzer's entry: one parser for each value of ADVAULT_FUZZ_TARGET, so that each has a corpus of its own.
///
/// Nothing is asserted beyond "no crash, no sanitizer report": what a parser answers is the unit tests' matter.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    // 64 KiB is the cap of an answer, the largest of the inputs.
    guard size <= 65_536 else { return 0 }
    unsafe Target.chosen.run(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}

enum Target: String, CaseIterable {
    case json, answer, callback, pasted, provider, machineKey, redirect, endpoint, appFile

    static let chosen: Target = {
        let name = unsafe getenv("ADVAULT_FUZZ_TARGET").map { unsafe String(cString: $0) }
        guard let target = name.flatMap(Target.init(rawValue:)) else {
            fatalError("ADVAULT_FUZZ_TARGET is one of \(Target.allCases.map(\.rawValue))")
        }
        return target
    }()

    func run(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        switch self {
        case .json: Self.json(input)
        case .answer: Self.answer(input)
        case .callback: Self.callback(input)
        case .pasted: Self.pasted(input)
        case .provider: _ = try? ProviderFile.parse(input).destinationDigest()
        case .machineKey: Self.machineKey(input, text)
        case .redirect: _ = try? RedirectURI(text)
        case .endpoint: _ = try? EndpointURL(text)
        case .appFile: Self.appFile(input, text)
        }
    }

    private static let profile: ProviderProfile? = try? Catalog.profile(named: "linkedin-ads", files: [])

    /// What was parsed and written parses again, to the same.
    private static func json(_ input: [UInt8]) {
        guard let value = try? JSONValue.parse(input) else { return }
        precondition((try? JSONValue.parse(Array(value.encoded().utf8))) == value, "JSON does not come back")
    }

    /// The first byte chooses the status; the rest is a body that goes through every reader of answers.
    private static func answer(_ input: [UInt8]) {
        guard let profile, let first = input.first, let body = secret(Array(input.dropFirst())) else {
            return
        }
        let statuses = [200, 400, 401, 403, 426, 429, 500, 503]
        let answer = HTTPAnswer(
            status: statuses[Int(first) % statuses.count],
            headers: [HTTPHeader("content-type", "application/json")], body: body)
        do { _ = try TokenAnswer.read(answer, profile: profile) } catch { _ = "\(error)" }
        do { _ = try IntrospectionAnswer.read(answer, profile: profile) } catch { _ = "\(error)" }
        _ = Revocation.judge(answer)
        let settings = TestLadder.Settings(
            apiVersion: "202610", today: CalendarDate(unixSeconds: 1_790_000_000), tokenAge: 5, scopes: [])
        guard var ladder = try? TestLadder(profile: profile, settings: settings) else { return }
        // The same answer on every rung: five of them at LinkedIn.
        for _ in 0..<5 { ladder.take(answer) }
    }

    private static func callback(_ input: [UInt8]) {
        guard let profile, let query = secret(input), let state = secret(Array("state".utf8)) else { return }
        _ = try? Callback.check(query: query, state: state, profile: profile)
    }

    private static func pasted(_ input: [UInt8]) {
        guard let text = secret(input), let uri = try? RedirectURI("http://localhost:8765/callback/x") else {
            return
        }
        _ = try? Callback.query(ofPasted: text, redirectURI: uri)
    }

    private static func machineKey(_ input: [UInt8], _ text: String) {
        _ = try? MachineKey.publicKey(parsing: text)
        guard let secret = secret(input) else { return }
        _ = try? MachineKey.identity(parsing: secret)
    }

    /// The input as the whole line, and as the JSON in one; what was read is written again to the same text.
    private static func appFile(_ input: [UInt8], _ text: String) {
        for line in [text, AppFile.prefix + Base64URL.encode(input)] {
            guard let file = try? AppFile(text: line) else { continue }
            precondition(line.contains(file.text), "an app file has two texts")
            open(file)
        }
    }

    /// With the key that the seed in `.ci/fuzz` is sealed to.
    private static func open(_ file: AppFile) {
        guard let bytes = secret([UInt8](repeating: 7, count: 32)) else { return }
        do { _ = try file.open(with: Identity(secret: bytes)) } catch { _ = "\(error)" }
    }

    private static func secret(_ bytes: [UInt8]) -> SecretBytes? {
        unsafe try? SecretBytes(copying: bytes.span.bytes)
    }
}
