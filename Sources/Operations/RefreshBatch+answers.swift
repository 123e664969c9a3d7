internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore

extension RefreshBatch {
    /// What came of one request is stored or noted, and judged.
    func settle(
        in vault: inout OpenVault, under locks: borrowing VaultLocks, _ signals: borrowing SignalHold
    ) {
        guard let finished = exchanges.next(Int(Self.slice)) else { return }
        guard let request = inFlight.removeValue(forKey: finished.tag) else { return }
        let (entry, lane) = (request.entry, request.lane)
        // Whoever has nothing else to do waits for another program that writes.
        let isPatient = inFlight.isEmpty && spooled.isEmpty
        var asked: Int64?
        do throws(OperationError) {
            let outcome = try request.settle(
                finished.takeResult(), in: &vault, context, asked: &asked, isPatient: isPatient
            ) { (record, event, now, vault) throws(VaultError) in
                heed(signals)
                // One has been waited for already.
                if let waiting = spooled.first { throw waiting.reason }
                try vault.waiting(atMost: isPatient ? nil : OpenVault.briefWait) {
                    (vault) throws(VaultError) in
                    // What else a host says than tokens is judged before anything more is asked of it.
                    let next = event.bringsTokens ? next(after: lane, in: &vault, under: locks) : nil
                    try commit(record, event, with: next, now: now, in: &vault, under: locks)
                }
            }
            lane.ended(nil)
            finish(entry, outcome, under: locks)
        } catch {
            lane.ended(RetryRule.verdict(error))
            if !isPatient, let turn = SpooledTurn(entry, lane, error, asked: asked) {
                spooled.append(turn)
            } else {
                fail(entry, lane, error, asked: asked, under: locks)
            }
        }
        sendMarked(in: &vault, under: locks)
    }

    /// All answers are in the spool. The first is waited for as any commit is; where that is in vain, so are the others.
    func storeSpooled(in vault: inout OpenVault, under locks: borrowing VaultLocks) {
        var isInVain = false
        for turn in spooled {
            let id = turn.entry.seen.id
            // What it finds is told by the outcome.
            let findings = try? vault.waiting(atMost: isInVain ? OpenVault.briefWait : nil) {
                (vault) throws(VaultError) in
                try vault.applyWaiting(under: locks, held: id, now: context.clock())
            }
            let isStored = findings?.contains { $0.isSettled } ?? false
            if !isStored { isInVain = true }
            switch turn.error {
            case .notStored where isStored: finish(turn.entry, .refreshed(flagged: []), under: locks)
            case let error:
                fail(
                    turn.entry, turn.lane, isStored ? error.cause : error, asked: turn.asked, under: locks)
            }
        }
        spooled = []
    }

    /// Whether a connection is tried again, and what its failure means for the others.
    func judge(_ entry: BatchEntry, _ lane: ProviderLane, _ error: OperationError, asked: Int64?) {
        let (cause, isNoted) = (error.cause, error.cause == error)
        if case .oauth(let refusal) = cause, refusal.kind == .app, refusal.status != nil {
            // Every connection of this app would be refused the same way, one request each.
            refusedApps[entry.app.row.id] = refusedApps[entry.app.row.id] ?? cause
        }
        let verdict = RetryRule.verdict(error)
        guard verdict != .final, entry.attempts > 0 else { return end(entry, .failed(error)) }
        guard verdict != .unknown else {
            end(entry, .failed(error))
            // Each of the others might cost its token too.
            if lane.silences >= RetryRule.attempts { giveUp(lane, .network(.outcomeUnknown(.cutOff))) }
            return
        }
        if entry.attempts == 1 { entry.answersBefore = lane.answers }
        let asksTooMuch = (asked ?? 0) > RetryRule.longestWait
        let time =
            context.uptime()
            + RetryRule.wait(after: entry.attempts, asked: asksTooMuch ? nil : asked, random: context.random)
        entry.lastError = error
        // A host that was given up while this one was under way gets nothing more.
        let mayComeAgain = lane.givenUp == nil && time < deadline && stop == nil
        // Where the vault could not take note of one attempt it takes no mark for the next.
        if isNoted, !asksTooMuch, entry.attempts < RetryRule.attempts, mayComeAgain {
            return lane.postpone(entry, until: time, isCrowded: verdict == .crowded)
        }
        end(entry, .failed(error))
        if let asked, asksTooMuch { context.notice(.leftAlone(host: lane.host, seconds: asked)) }
        // The others are not asked where the host asks for more patience than there is, or has answered nobody
        // since this one's first attempt.
        let outlasts = asksTooMuch || (asked != nil && time >= deadline)
        if outlasts || (entry.attempts >= RetryRule.attempts && lane.answers == entry.answersBefore) {
            giveUp(lane, cause)
        } else {
            lane.spare(until: time, isCrowded: verdict == .crowded)
        }
    }
}
