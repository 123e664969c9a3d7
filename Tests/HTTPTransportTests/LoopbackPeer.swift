import Foundation
import Synchronization

/// Plain sockets for tests, with their port and nothing else in between.
enum LoopbackPeer {
    /// A listening socket on 127.0.0.1 and its port; port 0 lets the system choose.
    static func listening(port: UInt16 = 0) -> (descriptor: Int32, port: UInt16) {
        let descriptor = bound(port)
        precondition(descriptor >= 0 && listen(descriptor, 128) == 0)
        var name = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size)
            }
        }
        return (descriptor, UInt16(bigEndian: name.sin_port))
    }

    /// -1 where another has it.
    private static func bound(_ port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if withAddress(port, { bind(descriptor, $0, $1) }) == 0 { return descriptor }
        close(descriptor)
        return -1
    }

    /// A port that nobody listens on. Below those that the system chooses, so that nobody is given it meanwhile; none
    /// comes twice soon.
    static func freePort() -> UInt16 {
        while true {
            let port = lastPort.withLock {
                $0 = $0 < 19_999 ? $0 + 1 : 12_000
                return $0
            }
            let descriptor = bound(port)
            guard descriptor >= 0 else { continue }
            close(descriptor)
            return port
        }
    }

    private static let lastPort = Mutex(UInt16.random(in: 12_000...19_999))

    static func connect(to port: UInt16, ipv6: Bool = false) -> Int32? {
        let family = ipv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let done = ipv6 ? connect6(descriptor, port) : withAddress(port) { Glibc.connect(descriptor, $0, $1) }
        guard done == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything up to the end of the connection.
    static func readAll(_ descriptor: Int32) -> [UInt8] {
        var all: [UInt8] = []
        while let piece = read(descriptor) { all += piece }
        return all
    }

    static func read(_ descriptor: Int32) -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &piece, piece.count, 0)
        return count > 0 ? Array(piece[..<count]) : nil
    }

    /// One request on a connection of its own, and what came back.
    static func ask(_ port: UInt16, _ request: String, ipv6: Bool = false) -> String {
        ask(port, Array(request.utf8), ipv6: ipv6)
    }

    static func ask(_ port: UInt16, _ request: [UInt8], ipv6: Bool = false) -> String {
        guard let descriptor = connect(to: port, ipv6: ipv6) else { return "" }
        defer { close(descriptor) }
        write(request, to: descriptor)
        return String(decoding: readAll(descriptor), as: UTF8.self)
    }

    private static func withAddress<R>(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func connect6(_ descriptor: Int32, _ port: UInt16) -> Int32 {
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        name.sin6_addr = in6addr_loopback
        return withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }
}
