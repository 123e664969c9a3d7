/// The shape of Wycheproof's files, as much as is needed. Sizes are in bits.
struct Wycheproof<Group: Decodable>: Decodable {
    let testGroups: [Group]
}

struct AEADGroup: Decodable {
    let keySize: Int
    let ivSize: Int
    let tagSize: Int
    let tests: [Case]

    struct Case: Decodable {
        let tcId: Int
        let key: String
        let iv: String
        let aad: String
        let msg: String
        let ct: String
        let tag: String
        let result: String
    }
}

struct HKDFGroup: Decodable {
    let tests: [Case]

    struct Case: Decodable {
        let tcId: Int
        let ikm: String
        let salt: String
        let info: String
        let size: Int
        let okm: String
        let result: String
    }
}

struct MACGroup: Decodable {
    let tagSize: Int
    let tests: [Case]

    struct Case: Decodable {
        let tcId: Int
        let key: String
        let msg: String
        let tag: String
        let result: String
    }
}

struct CobblestoneGroup: Decodable {
    let tests: [Case]

    struct Case: Decodable {
        let tcId: Int
        let key: String
        let ctx: String
        /// zlib of salt ‖ commitment ‖ chunks.
        let ct: String
        let msgLength: Int?
        let msgSha512: String?
        let result: String
        let flags: [String]
    }
}
