internal import Glibc

/// Where recovery records are read from. They are ciphertext: any file will do, stdin too.
enum RecordFile {
    /// A log with many records; in bytes.
    private static let limit = 32 << 20

    static func read(_ path: String) throws(CommandError) -> String {
        if path == "-" { return try read(STDIN_FILENO, path) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw .file(path: path, errno: errno) }
        defer { close(descriptor) }
        return try read(descriptor, path)
    }

    private static func read(_ descriptor: Int32, _ path: String) throws(CommandError) -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = unsafe part.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if got == 0 { return String(decoding: bytes, as: UTF8.self) }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw .file(path: path, errno: errno) }
            guard bytes.count + got <= limit else { throw .file(path: path, errno: EFBIG) }
            bytes += part[..<got]
        }
    }
}
