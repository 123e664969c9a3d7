/// The whole kit: files by name, and what each must give.
struct Kit {
    private(set) var files: [String: [UInt8]] = [:]
    private(set) var vectors: [Vector] = []

    /// What a writer makes right again after the fault.
    enum Repair {
        /// Nothing: what depends on the changed bytes does not fit them any more.
        case nothing
        /// `content`, as anybody can.
        case content
        /// The chain, `content` and the manifest, as only somebody with the root key can.
        case all
    }

    static func make() throws -> Kit {
        var kit = Kit()
        let vaults = try Vaults.make()
        try kit.addSuccesses(vaults)
        try kit.addDamagedFiles(vaults)
        try kit.addDamagedRows(vaults)
        try kit.addTamperedRows(vaults)
        try kit.addTamperedKeys(vaults)
        try kit.addTamperedSecrets(vaults)
        try kit.addRekeyed(vaults.rekeyed)
        try kit.addOtherAnswers(vaults)
        return kit
    }

    mutating func add(
        _ name: String, _ description: String, file bytes: [UInt8], _ answer: Answer,
        _ key: Vector.Key = .machine
    ) {
        files[name + ".vault"] = bytes
        vectors.append(
            Vector(
                name: name, description: description, file: name + ".vault", key: key, answer: answer))
    }

    /// A file of the kit once more, asked otherwise.
    mutating func ask(
        _ file: String, _ name: String, _ description: String, _ answer: Answer,
        _ key: Vector.Key = .machine, slot: String? = nil, pin: [UInt8]? = nil
    ) {
        vectors.append(
            Vector(
                name: name, description: description, file: file + ".vault", key: key, slot: slot, pin: pin,
                answer: answer))
    }

    /// `base` with one fault.
    mutating func add(
        _ name: String, _ description: String, _ answer: Answer, _ base: Draft, _ repair: Repair,
        _ key: Vector.Key = .machine, _ fault: (inout Draft) throws -> Void
    ) throws {
        var draft = base
        try fault(&draft)
        switch repair {
        case .nothing: break
        case .content: try draft.fixContent()
        case .all: try draft.settle()
        }
        add(name, description, file: try draft.image(), answer, key)
    }
}
