internal import Secrets

/// One line of the index: a file, a key, and the answer that it must give.
struct Vector {
    let name: String
    let description: String
    /// Several vectors may ask one file with different keys.
    let file: String
    let key: Key
    /// The label of the one slot to try.
    var slot: String?
    /// The vault ID that the reader expects, 16 bytes.
    var pin: [UInt8]?
    let answer: Answer

    enum Key { case passphrase(String), machine, stranger }
}

/// SECURITY.md, Opening.
enum Answer {
    case success(Opened)
    case damaged, tampered, wrongKey, newerFormat, tooCostly

    var word: String {
        switch self {
        case .success: "success"
        case .damaged: "damaged"
        case .tampered: "tampered"
        case .wrongKey: "wrong-key"
        case .newerFormat: "newer-format"
        case .tooCostly: "too-costly"
        }
    }

    var exitCode: Int {
        switch self {
        case .success: 0
        case .damaged, .tampered: 8
        case .wrongKey: 12
        case .newerFormat: 14
        case .tooCostly: 64
        }
    }
}

/// What stands in a vault that opens.
struct Opened {
    let vaultID: [UInt8]
    let generation: Int
    var slots = 0
    var rows: [Row] = []

    struct Row {
        let table: Table
        let name: String
        let secrets: [Tagged]
    }
}
