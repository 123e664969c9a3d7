import Foundation

/// Looks for bytes in this process's own writable memory, by /proc/self/mem.
struct OwnMemory {
    private let needle: UnsafeMutableRawBufferPointer
    private let window: UnsafeMutableRawBufferPointer

    /// - Parameter needle: copied; the copy is not counted.
    init(lookingFor needle: RawSpan) {
        self.needle = .allocate(byteCount: needle.byteCount, alignment: 16)
        window = .allocate(byteCount: 1 << 20, alignment: 4096)
        needle.withUnsafeBytes { self.needle.copyMemory(from: $0) }
    }

    /// How often the bytes occur, beside our own copies.
    func count() throws -> Int {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
        precondition(memory >= 0)
        defer { close(memory) }
        return maps.split(separator: "\n").reduce(0) { $0 + count(in: $1, of: memory) }
    }

    private func count(in line: Substring, of memory: Int32) -> Int {
        let words = line.split(separator: " ")
        guard words[1].hasPrefix("rw") else { return 0 }
        let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        var (found, at) = (0, ends[0])
        // Windows overlap, so that what lies across their border is seen.
        while at < ends[1] {
            let size = pread(
                memory, window.baseAddress, min(window.count, Int(ends[1] - at)),
                off_t(at))
            guard size > 0 else { break }
            found += count(inWindow: size, from: at)
            guard size == window.count else { break }
            at += UInt(size - needle.count + 1)
        }
        return found
    }

    private func count(inWindow size: Int, from start: UInt) -> Int {
        guard let base = window.baseAddress, let wanted = needle.baseAddress else { return 0 }
        var found = 0
        var offset = 0
        let first = Int32(needle[0])
        while offset <= size - needle.count,
            let match = memchr(base + offset, first, size - needle.count + 1 - offset)
        {
            offset = match - base
            let address = start + UInt(offset)
            if memcmp(match, wanted, needle.count) == 0, !isOurs(address, needle), !isOurs(address, window) {
                found += 1
            }
            offset += 1
        }
        return found
    }

    private func isOurs(_ address: UInt, _ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        let start = UInt(bitPattern: buffer.baseAddress!)
        return (start..<(start + UInt(buffer.count))).contains(address)
    }
}
