extension Explanation {
    init(_ error: CommandError) {
        switch error {
        case .secretArgument(let option):
            self.init(
                "secret-argument", .usage,
                "\(Printable.bare(option)) is not accepted: every user of this machine can read arguments",
                next: "type the secret at the prompt, or hand it over in a file or the environment; "
                    + "what stood there is in the shell's history now, so replace it")
        case .argument(let fault): self.init(fault)
        case .noTerminal(let asked): self.init(asked)
        case .noKeySource:
            self.init(
                "no-key-source", .noKeySource, "no key source, and no terminal to ask on", next: keyWays)
        case .noNewPassphraseSource:
            self.init(
                "no-key-source", .noKeySource, "no source for the new passphrase, and no terminal to ask on",
                next: "give one of: --new-passphrase-file FILE, ADVAULT_NEW_PASSPHRASE, "
                    + "ADVAULT_NEW_PASSPHRASE_FILE")
        case .twoSources(let first, let second):
            self.init(
                "two-key-sources", .usage, "two key sources are given: \(first) and \(second)",
                next: "give one of them")
        case .emptySecret(let source):
            self.init(
                "empty-secret", .usage, "\(source.shown) is empty",
                next: "nothing was changed; give the secret")
        case .notAMachineKey(let source, let fault):
            self.init(
                "not-a-machine-key", .wrongKey, "the key in \(source.shown) \(fault.words)",
                next: "a machine key is made by: advault key generate --out FILE; "
                    + "a passphrase goes into ADVAULT_PASSPHRASE or --passphrase-file")
        case .publishedTestKey(let source):
            self.init(
                "published-test-key", .usage,
                "the key in \(source.shown) is a published test key: everybody has it",
                next: "make your own: advault key generate --out FILE")
        case .secretFile(let path, let fault): self.init(path, fault)
        case .secretTooLong(let source, let limit):
            self.init(
                "too-long", .usage, "\(source.shown) holds more than \(limit) bytes",
                next: "check that it is the secret alone")
        case .passphraseTooShort(let characters):
            self.init(
                "passphrase-too-short", .usage,
                "a new passphrase has at least \(Passphrase.minimum) characters, this one has \(characters)",
                next: "take five or six words that do not belong together")
        case .passphraseBytes(let source):
            self.init(
                "passphrase-bytes", .usage,
                "the passphrase in \(source.shown) holds a line end or a zero byte",
                next: "a passphrase is one line")
        case .passphrasesDiffer:
            self.init(
                "passphrases-differ", .usage, "the two passphrases differ",
                next: "nothing was made; type them again")
        case .secrets(let error): self.init(error)
        case .interrupted(let signal):
            self.init("interrupted", .interrupted, "interrupted", next: nil)
            self.signal = 128 + signal
        case .endOfInput:
            self.init("end-of-input", .other, "the terminal's input ended before an answer", next: nil)
        case .terminal(let number):
            self.init(
                "terminal", .other, "the terminal cannot be used: \(words(ofErrno: number))",
                next: "hand the secret over in a file or the environment")
        case .output(let number):
            self.init(
                "output", .other, "the answer could not be written: \(words(ofErrno: number))",
                next: "check where stdout leads")
        case .noHome:
            self.init(
                "no-home", .usage, "HOME is not set, so the vault's usual place is unknown",
                next: "name the vault: --vault PATH, or ADVAULT_VAULT")
        case .settings(let path, let fault):
            self.init(
                "settings", .usage, "\(Printable.quoted(path)) cannot be used: \(fault.words)",
                next: "mend the file; its keys are listed by: advault help settings")
        case .fileExists(let path):
            self.init(
                "exists", .other, "\(Printable.quoted(path)) is there already; it was not touched",
                next: "name another file, or move that one away")
        case .file(let path, let number):
            self.init(
                "file", .other, "\(Printable.quoted(path)): \(words(ofErrno: number))", next: nil)
        }
    }

    private init(_ path: String, _ fault: CommandError.FileFault) {
        let shown = Printable.quoted(path)
        let code = "secret-file"
        switch fault {
        case .missing: self.init(code, .usage, "there is no file \(shown)", next: "check the path")
        case .folder: self.init(code, .usage, "\(shown) is a folder", next: "name the file in it")
        case .notRegular:
            self.init(
                code, .usage, "\(shown) is not a regular file", next: "put the secret into a file of mode 600"
            )
        case .foreignOwner:
            self.init(code, .usage, "\(shown) belongs to another user", next: "use a file of your own")
        case .wideMode(let mode):
            self.init(
                code, .usage, "others may open \(shown): its mode is \(String(mode, radix: 8))",
                next: "close it: chmod 600 \(shown)")
        case .system(let number):
            self.init(code, .usage, "\(shown) cannot be read: \(words(ofErrno: number))", next: nil)
        }
    }

    private init(_ asked: CommandError.Asked) {
        switch asked {
        case .clientSecret:
            self.init(
                "no-terminal", .usage, "no client secret is given, and there is no terminal to ask on",
                next: "give one of: --client-secret-file FILE, --client-secret-fd N")
        case .pastedAddress:
            self.init(
                "no-terminal", .usage, "--paste needs a terminal to paste the final address into",
                next: "run it in a terminal; without one, connect where the browser runs")
        case .passphrase:
            self.init("no-key-source", .noKeySource, "there is no terminal to ask on", next: keyWays)
        }
    }

    private init(_ fault: CommandError.ArgumentFault) {
        let code = "usage"
        switch fault {
        case .duration(let text):
            self.init(
                code, .usage, "\(Printable.quoted(text)) is no span of time",
                next: "write it as 90s, 5m, 12h or 7d")
        case .publicKey(let fault):
            self.init(
                code, .usage, "the public key \(fault.words)",
                next: "copy the line advault1… that key generate printed")
        case .vaultID(let source, let text):
            self.init(
                code, .usage, "\(Printable.quoted(text)) in \(source) is no vault ID",
                next: "it is the 32 hexadecimal digits that advault init printed")
        case .namesAndAll: self.init(code, .usage, "both names and --all are given", next: "give one of them")
        case .noNames: self.init(code, .usage, "no connection is named", next: "name some, or give --all")
        case .exclusive(let first, let second):
            self.init(code, .usage, "\(first) and \(second) exclude each other", next: "give one of them")
        case .oneOf(let first, let second):
            self.init(code, .usage, "neither \(first) nor \(second) is given", next: "give one of them")
        case .descriptor(let number):
            self.init(
                code, .usage, "file descriptor \(number) is not open",
                next: "open it in the shell: \(number)<FILE")
        }
    }
}

/// The ways to hand over a key, said wherever one is missing.
private let keyWays =
    "give one of: --key-file FILE, --passphrase-file FILE, ADVAULT_KEY, ADVAULT_KEY_FILE, "
    + "ADVAULT_PASSPHRASE, ADVAULT_PASSPHRASE_FILE"

extension String {
    /// A source in a sentence: an option, a variable or a few words as they are, a path in quotes.
    fileprivate var shown: String {
        let isWords = ["ADVAULT_", "--", "file descriptor ", "what was typed"].contains { hasPrefix($0) }
        return isWords ? Printable.bare(self) : Printable.quoted(self)
    }
}

extension CommandError.SettingsFault {
    var words: String {
        switch self {
        case .unreadable(let number): AdvaultCLI.words(ofErrno: number)
        case .tooLarge: "it is over 64 KiB"
        case .notJSON(let fault): fault.words
        case .unknownKey(let key): "it has an unknown key, \(Printable.quoted(key))"
        case .wrongType(let key, let expected): "\(Printable.quoted(key)) must be \(expected)"
        }
    }
}
