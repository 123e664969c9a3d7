internal import Glibc

/// Settings and provider files: small, clear, the user's own.
enum ClearFile {
    private static let limit = 64 << 10

    /// nil when there is no such file.
    static func read(_ path: String) throws(CommandError) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .settings(path: path, .unreadable(errno: errno))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let start = count
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress! + start, $0.count - start)  // never empty
            }
            if got == 0 { break }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw .settings(path: path, .unreadable(errno: errno)) }
            count += got
        }
        guard count <= limit else { throw .settings(path: path, .tooLarge) }
        return Array(bytes[..<count])
    }

    /// The names in a folder that end in `suffix`, without it, sorted; none when there is no such folder.
    static func names(in folder: String, suffix: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard name.hasSuffix(suffix), name.count > suffix.count else { continue }
            names.append(String(name.dropLast(suffix.count)))
        }
        return names.sorted()
    }
}
