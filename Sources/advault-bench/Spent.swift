internal import Glibc

/// What a piece of work took of time, on the wall and of the processor, in seconds.
struct Spent {
    var wall: Double
    var cpu: Double

    static func on<E: Error>(_ work: () throws(E) -> Void) throws(E) -> Spent {
        let (begun, before) = (ContinuousClock.now, Self.processor())
        try work()
        return Spent(wall: seconds(begun.duration(to: .now)), cpu: Self.processor() - before)
    }

    static func seconds(_ duration: Duration) -> Double {
        let (whole, rest) = duration.components
        return Double(whole) + Double(rest) / 1e18
    }

    private static func processor() -> Double {
        let used = usage()
        return seconds(used.ru_utime) + seconds(used.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    /// The most memory that this process ever held, in MiB; the kernel counts in KiB.
    static func peak() -> Double { Double(usage().ru_maxrss) / 1024 }

    private static func usage() -> rusage {
        var used = rusage()
        // Fails for a bad address or another first argument only.
        _ = unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &used)
        return used
    }
}
