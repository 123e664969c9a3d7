internal import CredentialVault
internal import Operations
internal import Secrets

extension Doctor.Finding {
    /// What was found, and what to do about it where it is not well.
    var words: (what: String, next: String?) {
        switch fact {
        case .vault(let header):
            ("vault \(header.id.text), \(header.stateWords); its files are closed to others", nil)
        case .vaultRefused(let error): (Explanation(error).what, Explanation(error).next)
        case .journal(let events): ("the chain of \(Count.words(Int(events), "event")) holds", nil)
        case .journalBroken(let seq):
            (
                "event \(seq) of the journal does not follow from the one before it",
                "keep the file, find out who wrote to it: advault verify"
            )
        case .clock(let now, let newest):
            newest > now
                ? (
                    "the newest event is of \(Timestamp.text(newest)), and it is \(Timestamp.text(now)) here",
                    "set the clock; the dates of connections are wrong until then"
                ) : ("the clock is not behind the vault", nil)
        case .nothingLeft: ("nothing was left beside the vault", nil)
        case .left(let kept, let unfinished): leftWords(kept, unfinished)
        case .recoveryFiles(let waiting, let useless): recoveryWords(waiting, useless)
        case .passphrase(let label, let logN):
            (
                "slot \(Printable.quoted(label)): \(GuessingCost.rateWords(logN: logN)) by one graphics card, "
                    + "15 letters that a person thought up last \(GuessingCost.words(characters: 15, logN: logN))",
                "raise the cost: advault key change \(Printable.argument(label))"
            )
        case .providers(let count): ("\(Count.words(count, "provider")) can be used", nil)
        case .providerBroken(let name, let error):
            ("provider \(Printable.quoted(name)): \(Explanation(error).what)", Explanation(error).next)
        case .anchorAgrees: ("the vault is the newest that this machine has seen", nil)
        case .anchorNotYet: ("this machine has not opened the vault yet", nil)
        case .anchorOther(let known):
            (
                "this machine knows vault \(known.text) at this path",
                "check --vault; if you put another vault here yourself: advault doctor --forget-anchor"
            )
        case .anchorBehind(let rollback):
            (
                "the vault is not the newest that this machine has seen: \(rollback.words)",
                "put back the newer file; see: advault help anchor"
            )
        case .anchorBroken(let error): (Explanation(error).what, Explanation(error).next)
        case .anchorNotKept:
            (
                "no anchor can be kept, so a rolled-back file is not noticed",
                "set XDG_STATE_HOME to a folder of your own; see: advault help anchor"
            )
        case .memory(let state, let limit): memoryWords(state, limit)
        case .swap(let devices):
            devices.isEmpty
                ? ("no swap", nil)
                : (
                    "swap on \(devices.map { Printable.bare($0) }.joined(separator: ", "))",
                    "encrypt it or turn it off, or let memory be locked: ulimit -l, LimitMEMLOCK="
                )
        case .core(let pattern):
            (
                "core dumps go \(pattern.hasPrefix("|") ? "to a program" : "to a file"); advault makes none",
                nil
            )
        case .hardening(let isKept):
            isKept
                ? ("not dumpable, core size 0", nil)
                : ("this process can be dumped", "report this: the first lines of advault did not take")
        case .ptrace(let scope): ptraceWords(scope)
        case .versions(let libcrypto, let sqlite, let curl):
            (
                "advault \(Version.text), \(Printable.bare(libcrypto)), SQLite \(Printable.bare(sqlite)), "
                    + Printable.bare(String(curl.prefix { $0 != " " })), nil
            )
        }
    }

    private func leftWords(_ kept: [String], _ unfinished: [String]) -> (what: String, next: String?) {
        var parts: [String] = []
        if !kept.isEmpty { parts.append("kept by restore: \(names(kept))") }
        if !unfinished.isEmpty { parts.append("left by work that was cut off: \(names(unfinished))") }
        return (
            parts.joined(separator: "; "),
            "they open with the keys of their time; remove them when nothing of them is missed"
        )
    }

    private func recoveryWords(
        _ waiting: [String], _ useless: [String]
    ) -> (what: String, next: String?) {
        if waiting.isEmpty && useless.isEmpty { return ("no recovery record waits in a file", nil) }
        var parts: [String] = []
        if !waiting.isEmpty { parts.append("what was received waits, sealed, in \(names(waiting))") }
        if !useless.isEmpty {
            parts.append("of another root key, or not one whole record: \(names(useless))")
        }
        return (
            parts.joined(separator: "; "),
            waiting.isEmpty
                ? "see what they are, and what may be thrown away: advault recover"
                : "store it: advault recover"
        )
    }

    private func names(_ names: [String]) -> String {
        Count.names(names.map { Printable.quoted($0) }, most: 10)
    }

    private func memoryWords(_ state: SecureHeap.State, _ limit: UInt64?) -> (what: String, next: String?) {
        let most = limit.map { "the limit is \($0 >> 10) KiB" } ?? "there is no limit"
        let raise = "raise the limit on locked memory: ulimit -l, LimitMEMLOCK="
        switch state {
        case .locked(let bytes): return ("\(bytes >> 10) KiB are locked for secrets; \(most)", nil)
        case .unlocked: return ("memory for secrets cannot be locked and may be swapped out; \(most)", raise)
        case .unavailable: return ("there is no memory for secrets; \(most)", raise)
        }
    }

    private func ptraceWords(_ scope: Int?) -> (what: String, next: String?) {
        guard let scope else { return ("the kernel has no Yama; advault is not dumpable all the same", nil) }
        return scope == 0
            ? (
                "processes of one user may look into each other (ptrace_scope 0); not into advault",
                "sysctl kernel.yama.ptrace_scope=1"
            ) : ("ptrace_scope is \(scope)", nil)
    }
}
