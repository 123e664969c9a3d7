internal import Operations
internal import Secrets

extension Explanation {
    /// What was typed wrongly.
    init(_ fault: CommandError.ArgumentFault) {
        let code = "usage"
        switch fault {
        case .duration(let text):
            self.init(
                code, .usage, "\(Printable.quoted(text)) is no span of time",
                next: "write it as 90s, 5m, 12h or 7d")
        case .apiVersion(let text):
            self.init(
                code, .usage, "\(Printable.quoted(text)) is no API version",
                next: "write it as YYYYMM: --api-version 202610")
        case .publicKey(.secretInsteadOfPublic):
            self.init(
                code, .usage,
                "the public key \(SecretsError.MachineKeyFault.secretInsteadOfPublic.words); "
                    + "it has now been where others can read it: in the arguments, and in the shell's history",
                next: "give it up: take it out where it is enrolled (advault key remove LABEL), and make "
                    + "another: advault key generate --out FILE")
        case .publicKey(let fault):
            self.init(
                code, .usage, "the public key \(fault.words)",
                next: "copy the line advault1… that key generate prints and key list shows")
        case .vaultID(let source, let text):
            self.init(
                code, .usage, "\(Printable.quoted(text)) in \(source) is no vault ID",
                next: "it is the 32 hexadecimal digits that advault init printed")
        case .namesAndAll: self.init(code, .usage, "both names and --all are given", next: "give one of them")
        case .noNames: self.init(code, .usage, "no connection is named", next: "name some, or give --all")
        case .namesAndFilter:
            self.init(
                code, .usage, "both names and a filter are given",
                next: "give names, or --tag, --app and --state")
        case .state(let text):
            let words = ShownState.allCases.map(\.rawValue)
            self.init(
                code, .usage, "\(Printable.quoted(text)) is no state of a connection",
                next: "there are: " + words.joined(separator: ", "))
        case .noTagChange:
            self.init(
                code, .usage, "nothing is to be changed",
                next: "say what: --add client=acme, --remove client")
        case .exclusive(let first, let second):
            self.init(code, .usage, "\(first) and \(second) exclude each other", next: "give one of them")
        case .oneOf(let first, let second):
            self.init(code, .usage, "neither \(first) nor \(second) is given", next: "give one of them")
        case .descriptor(let number, let fault): self.init(number, fault)
        case .outside(let option, let range):
            self.init(
                code, .usage,
                "\(option) takes a number from \(range.lowerBound) to \(range.upperBound)",
                next: "give one of these, or leave the option out")
        case .noJSON(let command):
            self.init(
                code, .usage, "\(command) has no --json: a token is never put into an object",
                next: "leave it out")
        case .noLabel:
            self.init(code, .usage, "no label is given", next: "say what the key is called: --label LABEL")
        case .noFile:
            self.init(
                code, .usage, "no file is named, and a secret is never printed here",
                next: "name a new file: --out machine.key")
        case .noSlot(let label, let labels):
            let near = Nearness.nearest(label, among: labels)
            let named = (near.isEmpty ? labels : near).prefix(8).map(Printable.argument).joined(
                separator: ", ")
            self.init(
                "no-slot", .usage, "no slot is called \(Printable.quoted(label))",
                next: near.isEmpty
                    ? "there are: \(named); list them with: advault key list" : "did you mean: \(named)")
        case .gitWorkTree(let root):
            self.init(
                code, .usage,
                "the file would lie in the git work tree \(Printable.quoted(root)), from which keys are easily committed",
                next: "write it elsewhere, or insist: --in-git-tree")
        case .machineNeedsPublicKey:
            self.init(
                code, .usage, "this slot is a machine's, and no new public key is given",
                next:
                    "make one on that machine: advault key generate --out FILE; then give: --public-key advault1…"
            )
        case .kdfCost(let cost):
            self.init(
                code, .usage, "\(cost) is no cost of a guess",
                next: "give --kdf-cost 15 (32 MiB), 16, 17 (128 MiB, the usual one), 18, 19 or 20 (1 GiB)")
        case .noCommand:
            self.init(
                code, .usage, "there is no command to run: it stands behind --",
                next: "write: advault exec NAME -- COMMAND ARGUMENT…")
        case .variable(let name, let fault): self.init(variable: name, fault)
        }
    }

    private init(_ number: Int32, _ fault: CommandError.DescriptorFault) {
        let code = "usage"
        switch fault {
        case .closed:
            self.init(
                code, .usage, "file descriptor \(number) is not open",
                next: "open it in the shell: \(max(number, 3))<FILE")
        case .output:
            self.init(
                code, .usage, "file descriptor \(number) is for output",
                next: "hand the secret over on another one: 3<FILE")
        case .terminal:
            self.init(
                code, .usage, "file descriptor \(number) is a terminal, which would show what is typed",
                next: "leave the option out: the terminal is asked without echo")
        case .bothKeys:
            self.init(
                code, .usage, "file descriptor \(number) is named for the old key and for the new one",
                next: "give each a descriptor of its own: 3<OLD 4<NEW")
        }
    }
}
