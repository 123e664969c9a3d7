import Foundation
import FoundationNetworking

/// The member's browser: follows an address with its cookies and redirects, in the background.
struct Browser {
    /// What to do with the consent page: its own decision comes from the sandbox's `--consent`.
    static func address(in stderr: String) -> URL? {
        // A whole line, so that one that is still being written is not taken.
        for line in stderr.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("http://"), let url = URL(string: String(line)) { return url }
        }
        return nil
    }

    func visit(_ url: URL) {
        let session = URLSession(configuration: .ephemeral)
        session.dataTask(with: url) { _, _, _ in session.finishTasksAndInvalidate() }.resume()
    }
}
