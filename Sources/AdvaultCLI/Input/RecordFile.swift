internal import Glibc

/// Where recovery records and app files are read from. They are ciphertext: any file will do, stdin too.
enum RecordFile {
    /// A log with many records; in bytes.
    private static let logLimit = 32 << 20

    /// - Parameter limit: bytes; over it, `.file` with EFBIG, and no more is read.
    static func read(_ path: String, limit: Int = logLimit) throws(CommandError) -> String {
        if path == "-" { return try read(STDIN_FILENO, path, limit) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw .file(path: path, errno: errno) }
        defer { close(descriptor) }
        return try read(descriptor, path, limit)
    }

    private static func read(_ descriptor: Int32, _ path: String, _ limit: Int) throws(CommandError) -> String
    {
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
