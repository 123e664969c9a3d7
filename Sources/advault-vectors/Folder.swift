internal import Glibc

/// The folder that the kit stands in.
struct Folder {
    struct Failure: Error {
        let path: String
        let errno: Int32
    }

    private let path: String
    init(_ path: String) { self.path = path }

    /// Files that are not of the kit stay, and are a difference.
    func write(_ files: [String: [UInt8]]) throws {
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) { try write(bytes, to: "\(path)/\(name)") }
    }

    /// One line for each file that is missing, that is other, or that is not of the kit.
    func differences(from files: [String: [UInt8]]) throws -> [String] {
        let found = try names()
        let strange = found.filter { files[$0] == nil }.map { "not of the kit: \($0)" }
        let missing = files.keys.filter { !found.contains($0) }.map { "missing: \($0)" }
        let other = try files.filter { try found.contains($0.key) && read("\(path)/\($0.key)") != $0.value }
        return (strange + missing + other.keys.map { "differs: \($0)" }).sorted()
    }

    private func names() throws -> [String] {
        guard let folder = unsafe opendir(path) else { throw Failure(path: path, errno: errno) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private func read(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { throw Failure(path: path, errno: errno) }
        defer { unsafe fclose(file) }
        var (bytes, block) = ([UInt8](), [UInt8](repeating: 0, count: 64 << 10))
        while true {
            let count = unsafe fread(&block, 1, block.count, file)
            guard count > 0 else { break }
            bytes += block.prefix(count)
        }
        guard unsafe ferror(file) == 0 else { throw Failure(path: path, errno: errno) }
        return bytes
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw Failure(path: path, errno: errno) }
        let written = unsafe fwrite(bytes, 1, bytes.count, file)
        guard unsafe fclose(file) == 0, written == bytes.count else {
            throw Failure(path: path, errno: errno)
        }
    }
}
