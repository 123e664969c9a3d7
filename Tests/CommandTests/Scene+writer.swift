import Testing

extension Scene {
    /// Another program that holds SQLite's own lock of the vault until `letGo`.
    func beginWriting() throws -> ChildProcess {
        try must("mkfifo -m 600 let-go")
        let connect = "d = sqlite3.connect('\(vaultFolder)/vault.db', isolation_level=None)"
        let writer = try begin(
            "exec /usr/bin/python3 -c \"import sqlite3; \(connect); d.execute('BEGIN IMMEDIATE'); "
                + "print('held', flush=True); open('let-go').read(); d.execute('ROLLBACK')\"")
        writer.follow { writer.outputSoFar == "held\n" }
        return writer
    }

    func letGo(_ writer: ChildProcess) throws {
        try must("echo > let-go")
        #expect(writer.finish().status == 0)
    }
}
