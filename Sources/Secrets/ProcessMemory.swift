private import COpenSSL

/// Keeps this process's memory from being read through the system's own doors.
package enum ProcessMemory {
    /// Makes the process not dumpable, so that another process of the same user can neither attach to it nor read
    /// its /proc/PID/mem, and sets the size of core files to 0. The hard limit stays, so that a program that takes this
    /// process's place can be given the former size back. Called by the first lines of `main`.
    ///
    /// Neither call can fail on Linux with these arguments: lowering a limit is always allowed.
    package static func keepOutOfDumps() {
        advault_keep_out_of_dumps()
    }

    /// Whether that holds now.
    package static var isKeptOutOfDumps: Bool { advault_is_kept_out_of_dumps() == 1 }
}
