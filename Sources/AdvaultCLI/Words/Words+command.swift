internal import Secrets

extension Explanation {
    init(_ error: CommandError) {
        switch error {
        case .secretArgument(let option):
            self.init(
                "secret-argument", .usage,
                "\(Printable.bare(option)) is not accepted: every user of this machine can read arguments",
                next: "type the secret at the prompt, or hand it over in a file (\(instead(of: option))); "
                    + "what stood there is in the shell's history now, so replace it")
        case .secretKeyArgument:
            self.init(
                "secret-argument", .usage,
                "a machine key's secret half stands among the arguments, which every user of this machine can read",
                next: "take that key for lost: make another (advault key generate --out FILE), enrol it, and "
                    + "remove the lost one: advault key remove LABEL")
        case .argument(let fault): self.init(fault)
        case .noTerminal(let asked): self.init(asked)
        case .noKeySource:
            self.init(
                "no-key-source", .noKeySource, "no key source, and no terminal to ask on", next: keyWays)
        case .noNewPassphraseSource:
            self.init(
                "no-key-source", .noKeySource, "no source for the new passphrase, and no terminal to ask on",
                next: newPassphraseWays)
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
        case .command(let source, let fault): self.init(source, fault)
        case .secretTooLong(let source, let limit):
            self.init(
                "too-long", .usage, "\(source.shown) holds more than \(limit) bytes",
                next: "check that it is the secret alone")
        case .passphraseTooShort(let characters, let logN):
            self.init(
                "passphrase-too-short", .usage,
                "a new passphrase has at least \(Passphrase.minimum) characters, this one has \(characters): "
                    + "of that length, what people think up is guessed in about "
                    + GuessingCost.words(characters: characters, logN: logN)
                    + " by one graphics card (assumed: \(GuessingCost.rateWords(logN: logN)))",
                next: "let one be made: --generate; or take six words that do not belong together")
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
            self.init("interrupted", .interrupted, "interrupted", next: Self.runAgain)
            self.status = 128 + signal
        case .stopped(let signal, let notTried, let all, let unstored):
            let advice = unstored ? storeFirst : "run the same command again"
            self.init(
                "interrupted", unstored ? .notStored : .interrupted,
                notTried == 0
                    ? "interrupted; every connection had had its turn"
                    : "interrupted: \(notTried) of \(Count.words(all, "connection")) not tried; "
                        + "what was sent was waited for",
                next: notTried == 0 && !unstored ? "see how they stand: advault list" : advice,
                retryable: !unstored)
            if !unstored { self.status = 128 + signal }
        case .outOfTime(let seconds, let notTried, let all, let unstored):
            self.init(
                "out-of-time", .tryAgain,
                "the time of \(TimeSpan.words(seconds)) is over: "
                    + "\(notTried) of \(Count.words(all, "connection")) not tried; what was sent was waited for",
                next: unstored
                    ? storeFirst : "run the same command again, or give it more time: --timeout 15m",
                retryable: !unstored)
        case .notRun(let command, let fault): self.init(command: command, fault)
        case .endOfInput:
            self.init(
                "end-of-input", .other, "the terminal's input ended before an answer",
                next: "run the command again, and answer")
        case .terminal(let number):
            self.init(
                "terminal", .other, "the terminal cannot be used: \(words(ofErrno: number))",
                next: "hand the secret over in a file or the environment")
        case .output(let number):
            self.init(
                "output", .other, "the answer could not be written: \(words(ofErrno: number))",
                next: "what was changed stays so; check where stdout leads")
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
                "file", .other, "could not read \(Printable.quoted(path)): \(words(ofErrno: number))",
                next: "check the path, and who may read it")
        case .newFile(let path, let number):
            self.init(
                "file", .other, "could not make \(Printable.quoted(path)): \(words(ofErrno: number))",
                next: "nothing was made; name a new file in a folder that is there and that you may write in")
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
        case .foreignLink(let name):
            self.init(
                code, .usage,
                "\(shown) leads through the link \(Printable.quoted(name)), which belongs to another user",
                next: "name the file itself")
        case .wideMode(let mode):
            self.init(
                code, .usage, "others may open \(shown): its mode is \(String(mode, radix: 8))",
                next: "close it: chmod 600 \(shown)")
        case .system(let number):
            self.init(
                code, .usage, "\(shown) cannot be read: \(words(ofErrno: number))",
                next: "name a file that this user may read")
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
        case .consent:
            self.init(
                "no-terminal", .usage, "this asks before it goes on, and there is no terminal",
                next: "if it is meant, say so: --yes")
        case .generatedPassphrase:
            self.init(
                "no-terminal", .usage, "--generate shows the passphrase on the terminal, and there is none",
                next: "run it in a terminal; for a machine make a key: advault key generate --out FILE")
        }
    }

    private init(_ source: String, _ fault: CommandError.CommandFault) {
        let code = "key-command"
        let who = "the command of \(source.shown)"
        switch fault {
        case .empty:
            self.init(code, .usage, "\(who) is empty", next: "name a program and its arguments")
        case .openQuote:
            self.init(
                code, .usage, "\(who) holds a quote that is not closed",
                next: "quotes only hold blanks together, there is no shell: advault help keys")
        case .notStarted(let program, let number):
            self.init(
                code, .usage,
                "\(who) cannot be started: \(Printable.quoted(program)): \(words(ofErrno: number))",
                next: "it is run without a shell; check the program's path")
        case .failed(let exit):
            self.init(
                code, .other, "\(who) failed with exit code \(exit)",
                next: "run it by hand; it gets few variables, no terminal and no stdin: advault help keys")
        case .signalled(let signal):
            self.init(
                code, .other, "\(who) was ended by signal \(signal)",
                next: "run it by hand; it gets few variables, no terminal and no stdin: advault help keys")
        case .timedOut:
            self.init(
                code, .other, "\(who) took longer than 60 seconds and was ended",
                next: "it must not wait for a person: it has no terminal", retryable: true)
        case .tooLong(let limit):
            self.init(
                code, .usage, "\(who) printed more than \(limit) bytes and was ended",
                next: "it must print the secret alone")
        case .printedNothing:
            self.init(
                code, .other, "\(who) printed nothing", next: "it must print the secret on stdout")
        }
    }
}

/// Instead of "again": what that would meet is a connection whose new tokens are elsewhere.
private let storeFirst =
    "first see to the new tokens that could not be stored, as said above; then refresh the rest"

/// The ways to hand over a key, said wherever one is missing.
private let keyWays =
    "give one of: --key-file FILE, --key-fd N, --key-command COMMAND, the same with --passphrase-, ADVAULT_KEY, "
    + "ADVAULT_KEY_FILE, ADVAULT_KEY_COMMAND, the same with ADVAULT_PASSPHRASE; see: advault help keys"

/// The ways to a new passphrase. None of the old one's: it is never taken for the new one.
private let newPassphraseWays =
    "give one of: --new-passphrase-file FILE, --new-passphrase-fd N, --new-passphrase-command COMMAND, "
    + "ADVAULT_NEW_PASSPHRASE, ADVAULT_NEW_PASSPHRASE_FILE, ADVAULT_NEW_PASSPHRASE_COMMAND; "
    + "in a terminal it is asked for, or made by --generate"

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

/// The options that take the secret which somebody wrote behind another one.
private func instead(of option: String) -> String {
    switch option {
    case "--client-secret", "--secret": "--client-secret-file, -fd"
    case "--passphrase", "--password": "--passphrase-file, -fd, -command"
    case "--new-passphrase": "--new-passphrase-file, -fd, -command"
    case "--key": "--key-file, -fd, -command"
    default: "see the command's --help"
    }
}
