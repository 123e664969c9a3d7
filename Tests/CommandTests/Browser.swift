import Foundation
import FoundationNetworking

/// The member's browser: follows an address with its cookies and redirects, in the background.
struct Browser {
    /// The newest address that was printed. The decision on the consent page comes from the sandbox's `--consent`.
    static func address(in stderr: String) -> URL? {
        // A whole line, so that one that is still being written is not taken.
        for line in stderr.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .reversed()
        {
            if line.hasPrefix("http://"), let url = URL(string: String(line)) { return url }
        }
        return nil
    }

    /// The `state` of the address that the member is sent to.
    static func state(in stderr: String) -> String? {
        guard let address = address(in: stderr) else { return nil }
        return URLComponents(url: address, resolvingAgainstBaseURL: false)?.queryItems?.first {
            $0.name == "state"
        }?.value
    }

    /// Where the browser ends, one redirect on: nobody listens there.
    func finalAddress(from url: URL) -> String {
        let stop = StopAtRedirect()
        let session = URLSession(configuration: .ephemeral, delegate: stop, delegateQueue: nil)
        session.dataTask(with: url).resume()
        stop.done.wait()
        session.finishTasksAndInvalidate()
        return stop.address
    }

    func visit(_ url: URL) {
        let session = URLSession(configuration: .ephemeral)
        session.dataTask(with: url) { _, _, _ in session.finishTasksAndInvalidate() }.resume()
    }
}

/// Remembers where it is sent and does not go there.
private final class StopAtRedirect: NSObject, URLSessionTaskDelegate, @unchecked Sendable {
    // @unchecked: written by the session's one queue before the semaphore is signalled, read after it.
    let done = DispatchSemaphore(value: 0)
    private(set) var address = ""

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        address = request.url?.absoluteString ?? ""
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        done.signal()
    }
}
