internal import Secrets

/// A vault in the making: the rows as they will stand in the file, and the keys that whoever wrote them has.
///
/// Every part can be set, before or after what depends on it is computed: that is how one fault is made and nothing
/// else. Accessors trap where there is no such row; this program is its own only caller.
struct Draft {
    static let now: Int64 = 1_790_000_000

    private let name: String
    /// R_1…R_g.
    var roots: [[UInt8]]
    let vaultID: [UInt8]
    var rows: [Table: [Row]] = [:]
    /// What an honest reader finds.
    private(set) var opened: Opened

    var generation: Int64 { Int64(roots.count) }

    /// A vault without slots and rows.
    init(_ name: String, generations: Int = 1) throws {
        self.name = name
        roots = try (1...generations).map { try Seed.bytes("\(name)/generation/\($0)") }
        let first = try Keys.signing(roots[0], 1).publicKey
        vaultID = try Keys.vaultID(of: first)
        opened = Opened(vaultID: vaultID, generation: generations)
        rows[.vault] = [
            [
                "format": 1, "vault_id": .blob(vaultID), "generation": .integer(Int64(generations)),
                "epoch": 1,
                "created_at": .integer(Self.now), "first_seq": 1, "first_chain": .zeros(32),
                "content": .zeros(32), "manifest": .zeros(32),
            ]
        ]
        rows[.lineage] = try (1...generations).map { try Keys.lineageRow($0, of: roots, vaultID) }
    }

    subscript(_ table: Table, _ column: String) -> Cell {
        get { self[table, 0, column] }
        set { self[table, 0, column] = newValue }
    }

    subscript(_ table: Table, _ index: Int, _ column: String) -> Cell {
        get { rows[table]![index][column]! }
        set { rows[table]![index][column] = newValue }
    }

    /// Which row of `slot` is the machine's.
    var machineSlot: Int { rows[.slot]!.firstIndex { $0["kind"] == "machine" }! }
    /// Which row of `slot` is the first with a passphrase.
    var passphraseSlot: Int { rows[.slot]!.firstIndex { $0["kind"] == "passphrase" }! }

    // MARK: What an honest writer adds

    func id(_ purpose: String) throws -> Cell { .blob(try Seed.bytes("\(name)/id/\(purpose)", count: 16)) }

    mutating func addSlot(passphrase: String, label: String = "owner", logN: Int64 = 15) throws {
        let identity = try Seed.bytes("\(name)/identity/\(label)")
        var slot = try emptySlot("passphrase", label, publicKey: Keys.publicKey(identity))
        (slot["kdf"], slot["log_n"], slot["r"], slot["p"]) = ("scrypt", .integer(logN), 8, 1)
        slot["salt"] = .blob(try Seed.bytes("\(name)/salt/\(label)"))
        slot["sealed_identity"] = .blob(try Keys.seal(identity, in: slot, vaultID, under: passphrase))
        try append(slot, operation: opened.slots == 0 ? "init" : "key-add")
    }

    mutating func addSlot(machine publicKey: [UInt8], label: String = "cron") throws {
        try append(
            emptySlot("machine", label, publicKey: publicKey),
            operation: opened.slots == 0 ? "init" : "key-add")
    }

    private func emptySlot(_ kind: String, _ label: String, publicKey: [UInt8]) throws -> Row {
        var slot: Row = [
            "slot_id": try id("slot/\(label)"), "kind": Cell(kind), "label": Cell(label),
            "created_at": .integer(Self.now), "public_key": .blob(publicKey),
        ]
        for name in Table.slot.columns where slot[name] == nil { slot[name] = .null }
        slot["wrapped_root"] = .blob(try Keys.wrap(roots.last!, in: slot, vaultID, generation))
        return slot
    }

    private mutating func append(_ slot: Row, operation: String) throws {
        rows[.slot, default: []].append(slot)
        opened.slots += 1
        try note(operation)
    }

    mutating func addApp(_ name: String, secrets: [Tagged]) throws {
        let app: Row = [
            "app_id": try id("app/\(name)"), "version": 1, "name": Cell(name), "provider": "linkedin-ads",
            "profile": .blob(try Seed.bytes("profile")), "client_id": "test-client",
            "redirect_uri": "http://localhost:8765/callback/linkedin-ads", "scopes": "r_ads r_ads_reporting",
            "created_at": .integer(Self.now), "updated_at": .integer(Self.now), "head": .zeros(56),
            "body": .null,
        ]
        try append(app, .app, secrets)
        try note("app-add")
    }

    /// `change` sets the columns that are to be other than these.
    mutating func addConnection(
        _ name: String, secrets: [Tagged], _ change: (inout Row) -> Void = { _ in }
    ) throws {
        var connection: Row = [
            "connection_id": try id("connection/\(name)"), "version": 1, "name": Cell(name),
            "app_id": self[.app, "app_id"], "scopes": "r_ads",
            "access_expires_at": .integer(Self.now + 5_184_000),
            "refresh_expires_at": .integer(Self.now + 31_536_000), "consented_at": .integer(Self.now),
            "refreshed_at": .integer(Self.now), "state": "ok", "last_error": nil, "pending": nil,
            "tags": "client=acme", "created_at": .integer(Self.now), "updated_at": .integer(Self.now),
            "head": .zeros(56), "body": .null,
        ]
        change(&connection)
        try append(connection, .connection, secrets)
        try note("connect", connection: connection["connection_id"]!)
    }

    private mutating func append(_ row: Row, _ table: Table, _ secrets: [Tagged]) throws {
        rows[table, default: []].append(row)
        opened.rows.append(.init(table: table, name: row["name"]!.text, secrets: secrets))
        try seal(table, rows[table]!.count - 1, Framing.encode(secrets, unit: Framing.unit(of: table)))
    }

    /// Appends an event to the journal; of an honest writer, one for each write.
    mutating func note(_ operation: String, connection: Cell = .null) throws {
        let events = rows[.event] ?? []
        let slot = rows[.slot]?.first?["slot_id"] ?? .null
        rows[.event] =
            events + [
                [
                    "seq": .integer(Int64(events.count + 1)), "at": .integer(Self.now), "slot_id": slot,
                    "operation": Cell(operation), "connection_id": connection, "outcome": "ok",
                    "chain": .zeros(32),
                ]
            ]
        self[.vault, "epoch"] = .integer(Int64(events.count + 1))
    }
}

extension Cell {
    static func zeros(_ count: Int) -> Cell { .blob([UInt8](repeating: 0, count: count)) }
}
