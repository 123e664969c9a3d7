internal import Glibc
internal import Secrets

/// Somebody who connected to the listener and has not been answered yet.
///
/// What is read lies on the secure heap: the genuine request carries the authorization code.
final class ListenerCaller {
    enum Progress {
        /// More may come.
        case waiting
        /// The head of a request is there.
        case whole
        /// The caller left, or wrote more than the limit.
        case over
    }

    let socket: LoopbackSocket
    /// When the patience with this caller ends.
    let deadline: SuspendingClock.Instant
    private var request: SecretBuffer

    /// - Returns: nil when the secure heap has no room: the caller is turned away.
    init?(_ socket: LoopbackSocket, deadline: SuspendingClock.Instant) {
        do { request = try SecretBuffer(limit: CallbackRequest.limit, reserving: 1024) } catch { return nil }
        self.socket = socket
        self.deadline = deadline
    }

    /// Reads what has come so far.
    func read() -> Progress {
        while true {
            let known = request.count
            let received: Int
            // At the limit there is no room left, and reading nothing gives 0: over.
            do { received = try unsafe request.append(upTo: 1024, filling: receive) } catch { return .over }
            if received < 0 { return errno == EAGAIN ? .waiting : .over }
            if received == 0 { return .over }
            if request.withBytes({ CallbackRequest.isWhole($0, known: known) }) { return .whole }
        }
    }

    private func receive(into room: UnsafeMutableRawBufferPointer) -> Int {
        unsafe recv(socket.descriptor, room.baseAddress, room.count, 0)
    }

    func withRequest<R>(_ body: (RawSpan) -> R) -> R { request.withBytes(body) }

    /// Sends one short answer. It fits the empty send buffer of a socket; what does not is dropped with the
    /// caller, who has chosen not to read.
    func answer(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            _ = unsafe send(socket.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }
}
