internal import CredentialVault

extension Explanation {
    /// What a backup's file is not allowed to be.
    init(_ path: String, _ fault: VaultError.CopyFault) {
        let shown = Printable.quoted(path)
        let code = "backup-file"
        switch fault {
        case .exists:
            self.init(
                "exists", .other, "\(shown) is there already; it was not touched",
                next: "name another file, or move that one away")
        case .isTheVault:
            self.init(
                code, .usage, "\(shown) is the vault itself, or a file of it",
                next: "name a file elsewhere, best on another disk")
        case .folder:
            self.init(
                code, .usage, "\(shown) is a folder, and a backup is one file",
                next: "name a file in it, such as FOLDER/advault-backup.db")
        case .folderMissing:
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            self.init(
                code, .other, "the folder of \(shown) does not exist",
                next: "make it: mkdir -m 700 \(Printable.argument(folder))")
        case .noName:
            self.init(
                code, .usage, "a backup is written to a file, not to a stream",
                next: "name the file: advault backup FILE")
        case .missing:
            self.init(code, .notFound, "there is no file \(shown)", next: "check the path")
        case .notRegular:
            self.init(
                code, .usage, "\(shown) is not a regular file",
                next: "name the file that advault backup wrote")
        case .notAlone:
            self.init(
                code, .usage, "a -wal or -journal stands beside \(shown), so that it is not the whole",
                next: "it is no backup; make one of it: advault backup FILE --vault \(shown)")
        }
    }
}
