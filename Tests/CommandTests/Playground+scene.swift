import Foundation

extension Playground {
    /// The control interface of the sandbox that runs here.
    var control: SandboxControl {
        SandboxControl(address: environment["SANDBOX"] ?? "", key: environment["CONTROL_KEY"] ?? "")
    }

    /// What most scripts begin with, without a word of it in the script.
    ///
    /// - Parameter scene: `app`: a vault, a sandbox whose member agrees, and its app `acme`; `connected`: the
    ///   connection `one` beside it.
    func begin(scene: String, _ options: String) throws {
        guard ["app", "connected"].contains(scene) else {
            throw Fixture.Failure(text: "no scene is called \(scene)")
        }
        try use(try Fixture.vault.get())
        try startSandbox("--consent approve " + options)
        try must(
            "advault app add acme --provider linkedin-sandbox --client-id $CLIENT_ID "
                + "--client-secret-file secret --redirect-uri $REDIRECT_URI")
        guard scene == "connected" else { return }
        try must("advault connect one --no-browser", [.init(text: "http://", act: .visit(Browser()))])
    }

    private func must(_ command: String, _ reactions: [ChildProcess.Reaction] = []) throws {
        let outcome = try ChildProcess.run(
            command, environment: environment, terminal: false, reactions: reactions)
        guard outcome.status == 0 else {
            throw Fixture.Failure(text: "\(command): \(outcome.status) \(outcome.stderr)")
        }
    }
}
