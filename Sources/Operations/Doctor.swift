package import CredentialVault
internal import HTTPTransport
package import Secrets

/// `doctor`: what a person should know about this machine, this vault's files and their surroundings. Needs no key and
/// changes nothing, so nothing here is verified.
package enum Doctor {
    package enum Level: String, Equatable, Sendable { case ok, warn, fail }

    package enum Check: String, Equatable, Sendable, CaseIterable {
        case vault, journal, clock, leftovers, recovery, passphrase, provider, anchor
        case memory, swap, core, hardening, ptrace, versions
    }

    package struct Finding: Equatable, Sendable {
        package let check: Check
        package let level: Level
        package let fact: Fact
    }

    package enum Fact: Equatable, Sendable {
        case vault(VaultHeader)
        case vaultRefused(VaultError)
        case journal(events: Int64)
        case journalBroken(seq: Int64)
        /// Unix seconds.
        case clock(now: Int64, newest: Int64)
        case nothingLeft
        /// Names in the vault's folder: former vaults that `restore` kept, and files of work that was cut off.
        case left(kept: [String], unfinished: [String])
        /// Files with recovery records, which the spool could not take: those that the vault can still store; and those
        /// that it never can, of a former root key or not whole.
        case recoveryFiles(waiting: [String], useless: [String])
        /// scrypt's N = 2^log_n.
        case passphrase(label: String, logN: Int64)
        case providers(Int)
        case providerBroken(name: String, OperationError)
        case anchorAgrees
        case anchorNotYet
        case anchorOther(known: VaultID)
        case anchorBehind(Rollback)
        case anchorBroken(VaultError)
        case anchorNotKept
        /// The limit on locked memory in bytes; nil: none.
        case memory(SecureHeap.State, limit: UInt64?)
        /// Devices and files that memory may be written to; empty: none.
        case swap([String])
        /// The kernel's core pattern.
        case core(pattern: String)
        case hardening(keptOutOfDumps: Bool)
        /// Yama's scope; nil: the kernel has none.
        case ptrace(Int?)
        /// As the loaded libraries say.
        case versions(libcrypto: String, sqlite: String, curl: String)
    }

    package static func run(in context: Context) -> [Finding] {
        vaultFindings(context) + providerFindings(context) + machineFindings()
    }

    /// Forgets what this machine has seen at the vault's path. Throws `.vault(.anchor)` where no anchor can be kept.
    package static func forgetAnchor(in context: Context) throws(OperationError) -> AnchorStore.Forgotten {
        guard let anchor = context.unlock.anchor else {
            throw .vault(.anchor(path: "", .noFolder))
        }
        return try ofVault(anchor.forget(path: context.vaultPath))
    }

    // MARK: The vault

    private static func vaultFindings(_ context: Context) -> [Finding] {
        var findings: [Finding] = []
        do throws(VaultError) {
            let locked = try Vault.readLocked(at: context.vaultPath)
            findings.append(.init(check: .vault, level: .ok, fact: .vault(locked.header)))
            findings += locked.slots.compactMap { slot in
                slot.kdf.map { kdf in
                    let isCheap = kdf.logN < Limits.defaultLogN
                    return .init(
                        check: .passphrase, level: isCheap ? .warn : .ok,
                        fact: .passphrase(label: slot.label, logN: kdf.logN))
                }
            }
            findings += anchorFindings(locked, context)
            findings.append(recoveryFiles(of: locked.header, context))
        } catch {
            findings.append(.init(check: .vault, level: .fail, fact: .vaultRefused(error)))
        }
        return findings + journalFindings(context) + leftovers(context)
    }

    private static func recoveryFiles(of vault: VaultHeader, _ context: Context) -> Finding {
        var (waiting, useless): ([String], [String]) = ([], [])
        for (path, found) in RecoveryFile.all(in: context.recoveryPaths, of: vault.id) {
            if case .record(let record) = found, record.isSealed(for: vault) {
                waiting.append(path)
            } else {
                useless.append(path)
            }
        }
        let isWell = waiting.isEmpty && useless.isEmpty
        return .init(
            check: .recovery, level: isWell ? .ok : .warn,
            fact: .recoveryFiles(waiting: waiting, useless: useless))
    }

    private static func journalFindings(_ context: Context) -> [Finding] {
        var newest: Int64?
        // What keeps the journal from being read keeps the vault from it, and is said there.
        guard let span = try? Vault.walkJournal(at: context.vaultPath, { newest = max(newest ?? 0, $0.at) })
        else { return [] }
        if let seq = span.brokenAt {
            return [.init(check: .journal, level: .fail, fact: .journalBroken(seq: seq))]
        }
        let journal = Finding(
            check: .journal, level: .ok, fact: .journal(events: span.nextSeq - span.firstSeq))
        let now = context.clock()
        guard let newest else { return [journal] }
        // A minute: two machines that write to one vault are never quite alike.
        let level: Level = newest > now && newest - now > 60 ? .warn : .ok
        return [journal, .init(check: .clock, level: level, fact: .clock(now: now, newest: newest))]
    }

    private static func leftovers(_ context: Context) -> [Finding] {
        let (kept, unfinished) = Vault.leftovers(beside: context.vaultPath)
        guard !kept.isEmpty || !unfinished.isEmpty else {
            return [.init(check: .leftovers, level: .ok, fact: .nothingLeft)]
        }
        return [
            .init(check: .leftovers, level: .warn, fact: .left(kept: kept, unfinished: unfinished))
        ]
    }

    private static func anchorFindings(_ locked: LockedVault, _ context: Context) -> [Finding] {
        guard let anchor = context.unlock.anchor, anchor.canBeKept else {
            return [.init(check: .anchor, level: .warn, fact: .anchorNotKept)]
        }
        do throws(VaultError) {
            let known = try anchor.judge(locked, at: context.vaultPath)
            if let other = known.otherVault {
                return [.init(check: .anchor, level: .fail, fact: .anchorOther(known: other))]
            }
            let isOlder = locked.header.epoch < known.newestEpoch
            if let rollback = known.rollback ?? (isOlder ? .olderEpoch : nil) {
                return [.init(check: .anchor, level: .fail, fact: .anchorBehind(rollback))]
            }
            return [
                .init(
                    check: .anchor, level: .ok, fact: known.newestEpoch == 0 ? .anchorNotYet : .anchorAgrees)
            ]
        } catch { return [.init(check: .anchor, level: .fail, fact: .anchorBroken(error))] }
    }

    // MARK: Around it

    private static func providerFindings(_ context: Context) -> [Finding] {
        let entries = ProviderList.run(in: context)
        let broken: [Finding] = entries.compactMap { entry in
            entry.failure.map {
                .init(check: .provider, level: .fail, fact: .providerBroken(name: entry.name, $0))
            }
        }
        return [.init(check: .provider, level: .ok, fact: .providers(entries.count - broken.count))] + broken
    }

    private static func machineFindings() -> [Finding] {
        let heap = SecureHeap.state
        let memory: Level =
            switch heap {
            case .locked: .ok
            case .unlocked: .warn
            case .unavailable: .fail
            }
        let swap = Machine.swaps(in: Machine.text("/proc/swaps") ?? "")
        let pattern = Machine.line("/proc/sys/kernel/core_pattern") ?? ""
        let ptrace = Machine.line("/proc/sys/kernel/yama/ptrace_scope").flatMap { Int($0) }
        let isKept = ProcessMemory.isKeptOutOfDumps
        return [
            .init(check: .memory, level: memory, fact: .memory(heap, limit: Machine.lockLimit)),
            // What is locked is never swapped out.
            .init(check: .swap, level: swap.isEmpty || memory == .ok ? .ok : .warn, fact: .swap(swap)),
            .init(check: .core, level: .ok, fact: .core(pattern: pattern)),
            .init(check: .hardening, level: isKept ? .ok : .fail, fact: .hardening(keptOutOfDumps: isKept)),
            .init(check: .ptrace, level: ptrace == 0 ? .warn : .ok, fact: .ptrace(ptrace)),
            .init(
                check: .versions, level: .ok,
                fact: .versions(
                    libcrypto: Libcrypto.version, sqlite: Vault.sqliteVersion,
                    curl: TransportMemory.curlVersion)),
        ]
    }
}
