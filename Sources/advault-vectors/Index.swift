internal import Secrets

/// index.json: what each file of the kit is and must give.
enum Index {
    private static let about =
        "Test kit of vault format 1 (SECURITY.md, Format). Each vector names a file of this folder, a key, and the "
        + "answer of SECURITY.md, Opening, verify included, with the exit code of the command line. The keys are test "
        + "keys that everybody has. Made by advault-vectors; every run makes the same bytes."

    static func json(of kit: Kit) throws -> String {
        let machine = try machineKey(of: TestKeys.machine())
        let stranger = try machineKey(of: TestKeys.stranger())
        let vectors = try kit.vectors.map { try json(of: $0) }
        return JSON.object([
            ("about", .text(about)), ("format", .number(1)), ("machine_keys", .list([machine, stranger])),
            ("vectors", .list(vectors)),
        ]).written() + "\n"
    }

    private static func machineKey(of identity: borrowing Identity) throws -> JSON {
        .object([
            ("secret", .text(try TestKeys.text(of: identity))),
            ("public", .text(MachineKey.publicText(of: identity.publicKey))),
        ])
    }

    private static func json(of vector: Vector) throws -> JSON {
        var members: [(String, JSON)] = [
            ("name", .text(vector.name)), ("description", .text(vector.description)),
            ("file", .text(vector.file)),
        ]
        switch vector.key {
        case .passphrase(let text): members.append(("passphrase", .text(text)))
        case .machine: members.append(("machine_key", .text(try TestKeys.text(of: TestKeys.machine()))))
        case .stranger: members.append(("machine_key", .text(try TestKeys.text(of: TestKeys.stranger()))))
        }
        if let slot = vector.slot { members.append(("slot", .text(slot))) }
        if let pin = vector.pin { members.append(("pinned_vault_id", .text(JSON.hexadecimal(pin)))) }
        members.append(("answer", .text(vector.answer.word)))
        members.append(("exit_code", .number(vector.answer.exitCode)))
        if case .success(let opened) = vector.answer {
            members.append(("vault_id", .text(JSON.hexadecimal(opened.vaultID))))
            members.append(("generation", .number(opened.generation)))
            members.append(("apps", rows(.app, of: opened)))
            members.append(("connections", rows(.connection, of: opened)))
        }
        return .object(members)
    }

    private static func rows(_ table: Table, of opened: Opened) -> JSON {
        .list(
            opened.rows.filter { $0.table == table }.map { row in
                let secrets = row.secrets.map { secret in
                    (secret.name, JSON.text(String(decoding: secret.value, as: UTF8.self)))
                }
                return .object([("name", .text(row.name)), ("secrets", .object(secrets))])
            })
    }
}
