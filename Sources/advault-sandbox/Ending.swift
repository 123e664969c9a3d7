import Dispatch
import Foundation

/// The end of a server's life: SIGTERM, SIGINT or, if asked, the end of the standard input.
struct Ending {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    /// Returns when both signals are watched. Until then they end the process by themselves, so none is lost.
    static func prepare(stdin watchesInput: Bool) async -> Ending {
        // A client that went away is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        let (stream, end) = AsyncStream.makeStream(of: Void.self)
        var sources: [any DispatchSourceSignal] = []
        for number in [SIGTERM, SIGINT] { sources.append(await watch(number) { @Sendable in end.finish() }) }
        if watchesInput {
            Thread.detachNewThread {
                while !FileHandle.standardInput.availableData.isEmpty {}
                end.finish()
            }
        }
        return Ending(stream: stream, sources: sources)
    }

    private static func watch(
        _ number: Int32, _ handler: @escaping @Sendable () -> Void
    ) async -> any DispatchSourceSignal {
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: handler)
        await withCheckedContinuation { (registered: CheckedContinuation<Void, Never>) in
            // Dispatch has put its own handler in place: ignoring the signal here would undo it.
            source.setRegistrationHandler { @Sendable in registered.resume() }
            source.activate()
        }
        return source
    }

    func wait() async {
        for await _ in stream {}
        for source in sources { source.cancel() }
    }
}
