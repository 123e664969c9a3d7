internal import Glibc

/// The system's own words for an errno.
func words(ofErrno number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}
