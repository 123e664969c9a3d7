internal import Glibc
internal import OAuthCore

/// An address of this machine that a redirect URI leads to.
enum LoopbackAddress: Equatable {
    /// In the order of the network.
    case ipv4(UInt32)
    case ipv6

    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        }
    }

    /// Where a browser may look for the host: both for the name, the one that it says for a literal.
    ///
    /// - Throws: `.notLoopback`.
    static func all(of redirect: RedirectURI) throws(ListenerError) -> [LoopbackAddress] {
        guard redirect.isLoopback else { throw .notLoopback }
        switch redirect.host {
        case "localhost": return [.ipv4(UInt32(0x7F00_0001).bigEndian), .ipv6]
        case "[::1]": return [.ipv6]
        default:
            var address = in_addr()
            guard unsafe inet_pton(AF_INET, redirect.host, &address) == 1 else { throw .notLoopback }
            return [.ipv4(address.s_addr)]
        }
    }

    func withSocketAddress<R>(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        switch self {
        case .ipv4(let address):
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = address
            return unsafe Self.lend(&name, body)
        case .ipv6:
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            name.sin6_addr = in6addr_loopback
            return unsafe Self.lend(&name, body)
        }
    }

    private static func lend<Name, R>(
        _ name: inout Name, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(MemoryLayout<Name>.size))
            }
        }
    }
}
