private import CCurl
internal import Glibc

/// A socket of ours, closed when it goes.
final class LoopbackSocket {
    let descriptor: Int32

    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Listens on one address of the loopback interface. No other address is ever bound.
    static func listening(on address: LoopbackAddress, port: UInt16) throws(ListenerError) -> LoopbackSocket {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(address.family, flags, 0)
        guard descriptor >= 0 else { throw .system(errno) }
        let socket = LoopbackSocket(owning: descriptor)
        // Reusing the address lets us bind beside connections that still wait to die; it never lets two listen.
        // SO_REUSEPORT would, and is never set.
        socket.set(SOL_SOCKET, SO_REUSEADDR)
        if address.family == AF_INET6 { socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        let bound = unsafe address.withSocketAddress(port: port) { pointer, size in
            unsafe bind(descriptor, pointer, size) == 0
        }
        // listen can say it too: two that bound at once find out here.
        guard bound, listen(descriptor, SOMAXCONN) == 0 else {
            throw errno == EADDRINUSE ? .portTaken(Int(port)) : .system(errno)
        }
        return socket
    }

    /// The next caller, or nil when there is none.
    func accepted() -> LoopbackSocket? {
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let caller = accept4(descriptor, nil, nil, flags)
        return caller < 0 ? nil : LoopbackSocket(owning: caller)
    }

    private func set(_ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        _ = unsafe setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Whether the process at the other end is this user's.
    var isOurUsers: Bool {
        guard let peer = unsafe end(getpeername), let ours = unsafe end(getsockname) else { return false }
        return PeerOwner.isOurs(peer: peer, ours: ours)
    }

    private typealias Name = (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32

    private func end(_ name: Name) -> PeerOwner.End? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let done = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe name(descriptor, $0, &size)
            }
        }
        guard done == 0 else { return nil }
        return unsafe withUnsafeBytes(of: storage) { bytes in
            let (at, count) = storage.ss_family == AF_INET6 ? (8, 4) : (4, 1)
            let words = (0..<count).map { unsafe bytes.load(fromByteOffset: at + $0 * 4, as: UInt32.self) }
            let port = unsafe UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
            return PeerOwner.End(words: words, port: port)
        }
    }
}
