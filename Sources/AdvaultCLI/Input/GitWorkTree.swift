internal import Glibc

/// Work trees of git, from which a key is easily committed.
enum GitWorkTree {
    /// The work tree that the file would lie in: the nearest folder above it that holds a `.git`.
    static func holding(_ path: String) -> String? {
        let folder = path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        guard let resolved = unsafe realpath(folder, nil) else { return nil }
        defer { unsafe free(resolved) }
        var place = unsafe String(cString: resolved)
        while true {
            var status = stat()
            if unsafe lstat(place + "/.git", &status) == 0 { return place.isEmpty ? "/" : place }
            guard let slash = place.lastIndex(of: "/") else { return nil }
            place = String(place[..<slash])
        }
    }
}
