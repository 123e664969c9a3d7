internal import Secrets

// SECURITY.md, Sealed rows and What holds the rows together, from the writer's side.

extension Draft {
    /// Seals a row under its columns as they are now. The other parameters are for what must be refused.
    mutating func seal(
        _ table: Table, _ index: Int, _ framed: [UInt8], label: String? = nil, generation: Int64? = nil,
        root: [UInt8]? = nil, ofGeneration: Int64? = nil
    ) throws {
        let root = root ?? roots.last!
        var context = Context(
            label ?? table.rawValue, .blob(vaultID), .integer(generation ?? self.generation))
        for cell in rows[table]![index].cells(of: table).dropLast(2) { context.append(cell) }
        let key = try Keys.derived("seal", root, vaultID, ofGeneration ?? self.generation)
        let sealed = try Keys.seal(framed, key: key, context: context.bytes)
        self[table, index, "head"] = .blob(Array(sealed.prefix(56)))
        self[table, index, "body"] = .blob(Array(sealed.dropFirst(56)))
    }

    /// Ascending by key, as a scan of the table gives them.
    func scan(_ table: Table) -> [Row] {
        (rows[table] ?? []).sorted { one, other in
            switch (one[table.key]!, other[table.key]!) {
            case (.integer(let one), .integer(let other)): one < other
            case (let one, let other): one.blob.lexicographicallyPrecedes(other.blob)
            }
        }
    }

    /// Links the events, from first_chain on.
    mutating func linkJournal() throws {
        var chain = self[.vault, "first_chain"].blob
        for index in (rows[.event] ?? []).indices {
            chain = try Self.chain(after: chain, rows[.event]![index], vaultID)
            self[.event, index, "chain"] = .blob(chain)
        }
    }

    static func chain(after previous: [UInt8], _ event: Row, _ vaultID: [UInt8]) throws -> [UInt8] {
        var context = Context("event", .blob(vaultID))
        for cell in event.cells(of: .event).dropLast() { context.append(cell) }
        return try SHA256.hash(previous + context.bytes)
    }

    /// What anybody can do: `content` has no key. `slots` stands for the rows of `slot` in the order of the file.
    mutating func fixContent(slots: [Row]? = nil) throws {
        let newest = scan(.event).last?["chain"] ?? self[.vault, "first_chain"]
        var context = Context("content", self[.vault, "first_seq"], self[.vault, "first_chain"], newest)
        var digests: [UInt8] = []
        for table in [Table.lineage, .slot, .app, .connection] {
            let found = table == .slot ? slots ?? scan(.slot) : scan(table)
            context.append(.integer(Int64(found.count)))
            for row in found { digests += try digest(table, row) }
        }
        self[.vault, "content"] = .blob(try SHA256.hash(context.bytes + digests))
    }

    private func digest(_ table: Table, _ row: Row) throws -> [UInt8] {
        var context = Context("row/\(table.rawValue)", self[.vault, "vault_id"], self[.vault, "generation"])
        for name in table.columns {
            context.append(name == "body" ? .integer(Int64(row[name]!.blob.count)) : row[name]!)
        }
        return try SHA256.hash(context.bytes)
    }

    /// What takes the root key.
    mutating func fixManifest(root: [UInt8]? = nil) throws {
        let key = try Keys.derived("manifest", root ?? roots.last!, vaultID, generation)
        var context = Context("manifest")
        for name in ["format", "vault_id", "generation", "epoch", "created_at", "content"] {
            context.append(self[.vault, name])
        }
        self[.vault, "manifest"] = .blob(try HMACSHA256.authenticate(context.bytes, key: secret(key)))
    }

    /// All three, as an honest writer leaves the file.
    mutating func settle() throws {
        try linkJournal()
        try fixContent()
        try fixManifest()
    }
}
