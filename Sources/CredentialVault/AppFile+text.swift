private import Secrets

// As text: `ADVAULT-APP-1 ` and the base64url of a JSON object, at most `maximumBytes` together.
extension AppFile {
    private static let stem = "ADVAULT-APP-"
    package static let prefix = stem + "1 "
    /// The longest text: every clear text full of what JSON writes in six bytes, and the longest sealed part.
    package static let maximumBytes = 79_000

    package var text: String { RecordLine.text(json, prefix: Self.prefix) }

    /// Members in the order of `columns`, then the sealed part, without a blank: one file has one text.
    private var json: [UInt8] {
        var json = Array("{".utf8)
        let names = Self.columns.map(\.name) + ["sealed"]
        RecordJSON.append(zip(names, clear + [.blob(sealed)]), to: &json)
        json += "}".utf8
        return json
    }

    /// Exactly what `text` gives, but for blanks and line ends around it; all else is refused, a JSON of another
    /// order or spelling too. Says nothing yet about who made it.
    ///
    /// Throws `appFile` with `tooLarge`, `newerVersion` or `malformed`.
    package init(text: String) throws(VaultError) {
        let line = RecordLine.trimmed(text, limit: Self.maximumBytes)
        guard line.count <= Self.maximumBytes else { throw .appFile(.tooLarge) }
        if let version = Self.version(of: line), version > 1 { throw .appFile(.newerVersion(version)) }
        guard let json = RecordLine.json(in: text, prefix: Self.prefix, limit: Self.maximumBytes),
            let file = Self.read(json), file.json == json
        else { throw .appFile(.malformed) }
        self = file
    }

    /// The number behind the word, where a space follows; at most six digits.
    private static func version(of line: ArraySlice<UInt8>) -> Int? {
        guard line.starts(with: stem.utf8) else { return nil }
        let word = line.dropFirst(stem.utf8.count).prefix { $0 != 0x20 }
        guard word.count <= 6, word.endIndex < line.endIndex,
            word.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(String(decoding: word, as: UTF8.self))
    }

    private static func read(_ json: [UInt8]) -> AppFile? {
        var reader = RecordJSON(json)
        var clear: [Value] = []
        for column in columns {
            guard reader.skip("\(clear.isEmpty ? "{" : ",")\"\(column.name)\":"),
                let value = reader.value(RecordJSON.Kind(column.type))
            else { return nil }
            clear.append(value)
        }
        guard reader.skip(",\"sealed\":"), case .blob(let sealed) = reader.value(.blob), reader.skip("}"),
            reader.isAtEnd
        else { return nil }
        return AppFile(clear, sealed: sealed)
    }
}
