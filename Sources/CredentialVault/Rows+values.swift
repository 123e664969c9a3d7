// Rows and their columns: `values` writes what `init(reading:)` reads, in the order of `Schema.columns`.

extension SlotRow {
    var values: [Value] {
        [
            .blob(id.bytes), .text(kind.rawValue), .text(label), .integer(createdAt), .blob(publicKey),
            .optional(kdf?.name.rawValue), .optional(kdf?.logN), .optional(kdf?.r), .optional(kdf?.p),
            .optional(kdf?.salt), .optional(kdf?.sealedIdentity), .blob(wrappedRoot),
        ]
    }

    init(reading row: inout RowReader) throws(VaultError) {
        id = try row.id()
        kind = try row.word(SlotKind.self)
        label = row.text()
        createdAt = row.integer()
        publicKey = row.blob()
        let name = try row.optionalWord(KDFName.self)
        let (logN, r, p) = (row.optionalInteger(), row.optionalInteger(), row.optionalInteger())
        let (salt, sealed) = (row.optionalBlob(), row.optionalBlob())
        // All six or none, and just as the kind demands.
        switch (kind, name, logN, r, p, salt, sealed) {
        case (
            .passphrase, .some(let name), .some(let logN), .some(let r), .some(let p), .some(let salt),
            .some(let sealed)
        ):
            kdf = KDFParameters(name: name, logN: logN, r: r, p: p, salt: salt, sealedIdentity: sealed)
        case (.machine, nil, nil, nil, nil, nil, nil):
            kdf = nil
        case (.passphrase, _, _, _, _, _, _), (.machine, _, _, _, _, _, _):
            throw row.damage()
        }
        wrappedRoot = row.blob()
    }
}

extension AppRow {
    var values: [Value] {
        [
            .blob(id.bytes), .integer(version), .text(name), .text(provider), .blob(profile), .text(clientID),
            .text(redirectURI), .text(scopes), .integer(createdAt), .integer(updatedAt),
        ]
    }

    init(reading row: inout RowReader) throws(VaultError) {
        id = try row.id()
        version = row.integer()
        name = row.text()
        provider = row.text()
        profile = row.blob()
        clientID = row.text()
        redirectURI = row.text()
        scopes = row.text()
        createdAt = row.integer()
        updatedAt = row.integer()
    }
}

extension ConnectionRow {
    var values: [Value] {
        [
            .blob(id.bytes), .integer(version), .text(name), .blob(appID.bytes), .text(scopes),
            .optional(accessExpiresAt), .optional(refreshExpiresAt), .optional(consentedAt),
            .optional(refreshedAt), .text(state.rawValue), .optional(lastError?.rawValue), .optional(pending),
            .optional(tags), .integer(createdAt), .integer(updatedAt),
        ]
    }

    init(reading row: inout RowReader) throws(VaultError) {
        id = try row.id()
        version = row.integer()
        name = row.text()
        appID = try row.id()
        scopes = row.text()
        accessExpiresAt = row.optionalInteger()
        refreshExpiresAt = row.optionalInteger()
        consentedAt = row.optionalInteger()
        refreshedAt = row.optionalInteger()
        state = try row.word(StoredState.self)
        lastError = try row.optionalWord(LastError.self)
        pending = row.optionalInteger()
        tags = row.optionalText()
        createdAt = row.integer()
        updatedAt = row.integer()
    }
}

extension EventRow {
    var values: [Value] {
        [
            .integer(seq), .integer(at), .optional(slotID?.bytes), .text(operation.rawValue),
            .optional(connectionID?.bytes), .text(outcome.rawValue), .blob(chain),
        ]
    }

    init(reading row: inout RowReader) throws(VaultError) {
        seq = row.integer()
        at = row.integer()
        slotID = try row.optionalID()
        operation = try row.word(Operation.self)
        connectionID = try row.optionalID()
        outcome = try row.word(Outcome.self)
        chain = row.blob()
    }
}
