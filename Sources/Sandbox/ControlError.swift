import Foundation

/// What a person who drives the sandbox did wrong.
package enum ControlError: Error, Equatable, CustomStringConvertible {
    case body(String)
    case file(String, Int32)

    package var description: String {
        switch self {
        case .body(let reason): reason
        case .file(let path, let number): "\(path): \(String(cString: strerror(number)))"
        }
    }
}
