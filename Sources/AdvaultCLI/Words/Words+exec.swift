extension Explanation {
    /// Why a command was not run. Nothing of ours is wrong then, so the exit codes are a shell's.
    init(command: String, _ fault: CommandError.RunFault) {
        let shown = Printable.quoted(command)
        switch fault {
        case .notFound:
            self.init(
                "command-not-found", .noCommand, "the command \(shown) was not found",
                next: "check its name and PATH; there is no shell, so it is one program and its arguments")
        case .noInterpreter:
            self.init(
                "command-not-run", .notExecutable,
                "the command \(shown) is there, and the program that it needs to be run is not",
                next: "check the first line of the file, #!…")
        case .refused(let number):
            self.init(
                "command-not-run", .notExecutable,
                "the command \(shown) cannot be run: \(words(ofErrno: number))",
                next: "check that it may be run (chmod +x), and that a script begins with #!")
        }
    }

    init(variable name: String, _ fault: VariableName.Fault) {
        let (code, shown) = ("usage", Printable.quoted(name))
        switch fault {
        case .malformed:
            self.init(
                code, .usage, "\(shown) is no name of an environment variable",
                next: "take letters, digits and _, no digit first: --env ACCESS_TOKEN")
        case .steers:
            self.init(
                code, .usage, "\(shown) changes what programs do, so no token is put there",
                next: "take another, the one that your program reads its token from")
        case .ours:
            self.init(
                code, .usage, "\(shown) is a variable of advault's own",
                next: "leave --env out (\(VariableName.usual)), or name another")
        }
    }
}
