package import Secrets

/// The provider's answer that comes through the browser (RFC 6749, 4.1.2).
package enum Callback {
    /// 8 KiB is what the listener takes; a pasted URL may be no longer.
    private static let limit = 8 << 10

    /// Checks a raw query (without "?") and hands out the authorization code.
    ///
    /// `state` first, in constant time, before anything else is believed; then `iss`, then `error`, then `code`.
    /// - Throws: `.stateMismatch`: not ours, keep waiting. Everything else ends the wait.
    package static func check(
        query: borrowing SecretBytes, state: borrowing SecretBytes, profile: ProviderProfile
    ) throws(OAuthError) -> SecretBytes {
        try query.withBytes { (span) throws(OAuthError) in
            // Until `state` has been seen once and is right, nothing here is more than a stranger's request.
            guard span.byteCount <= limit, let index = QueryIndex(span), let place = index.single("state")
            else {
                throw .stateMismatch
            }
            guard try isSame(place, span, state) else { throw .stateMismatch }
            guard !index.hasRepeated else { throw .callback(.repeated) }
            try checkIssuer(index, span, profile)
            try checkError(index, span, profile)
            return try code(index, span)
        }
    }

    /// The raw query of a final URL that a person pasted; white space, quotes and angle brackets around it and a
    /// fragment are dropped.
    package static func query(
        ofPasted text: borrowing SecretBytes, redirectURI: RedirectURI
    ) throws(OAuthError) -> SecretBytes {
        try text.withBytes { (span) throws(OAuthError) in
            var start = 0
            var end = span.byteCount
            while start < end, isWrapping(span[byte: start]) { start += 1 }
            while end > start, isWrapping(span[byte: end - 1]) { end -= 1 }
            guard start < end else { throw .pasted(.nothing) }
            let base = Array(redirectURI.text.utf8)
            guard end - start >= base.count, base.indices.allSatisfy({ span[byte: start + $0] == base[$0] })
            else {
                throw .pasted(.notTheRedirectURI)
            }
            start += base.count
            // A browser writes the path that the URI left out.
            if start < end, span[byte: start] == 0x2F, redirectURI.path == "/", base.last != 0x2F {
                start += 1
            }
            end = (start..<end).first { span[byte: $0] == 0x23 } ?? end
            guard start < end else { throw .pasted(.noQuery) }
            guard span[byte: start] == 0x3F else { throw .pasted(.notTheRedirectURI) }
            guard start + 1 < end else { throw .pasted(.noQuery) }
            return try copy(span.extracting((start + 1)..<end))
        }
    }

    private static func isSame(
        _ place: Range<Int>, _ span: RawSpan, _ state: borrowing SecretBytes
    ) throws(OAuthError) -> Bool {
        switch try decoded(place, span) {
        case .some(let given): return state.count > 0 && given.equals(state)
        case .none: return false
        }
    }

    /// RFC 9207, 2.4: compared as strings, and missing is wrong where it was promised.
    private static func checkIssuer(
        _ index: QueryIndex, _ span: RawSpan, _ profile: ProviderProfile
    ) throws(OAuthError) {
        guard let issuer = profile.issuer else { return }
        guard let place = index.single("iss"), let given = QueryIndex.text(place, span),
            given.utf8.elementsEqual(issuer.utf8)
        else { throw .issuerMismatch }
    }

    private static func checkError(
        _ index: QueryIndex, _ span: RawSpan, _ profile: ProviderProfile
    ) throws(OAuthError) {
        guard let place = index.single("error") else { return }
        let description = index.single("error_description").flatMap { QueryIndex.text($0, span) }
        throw .refused(
            ErrorSorting.callback(
                word: QueryIndex.text(place, span), description: description, profile: profile))
    }

    private static func code(_ index: QueryIndex, _ span: RawSpan) throws(OAuthError) -> SecretBytes {
        guard let place = index.single("code") else { throw .callback(.noCode) }
        guard !place.isEmpty else { throw .callback(.malformed) }
        switch try decoded(place, span) {
        case .some(let code):
            guard code.count <= TokenLimits.bytes, code.withBytes({ isAllowed($0) }) else {
                throw .callback(.malformed)
            }
            return code
        case .none: throw .callback(.malformed)
        }
    }

    private static func decoded(_ place: Range<Int>, _ span: RawSpan) throws(OAuthError) -> SecretBytes? {
        do { return try QueryIndex.secret(place, span) } catch { throw .secrets(error) }
    }

    private static func copy(_ span: RawSpan) throws(OAuthError) -> SecretBytes {
        do { return try SecretBytes(copying: span) } catch { throw .secrets(error) }
    }

    private static func isAllowed(_ span: RawSpan) -> Bool {
        (0..<span.byteCount).allSatisfy { TokenLimits.isAllowed(span[byte: $0]) }
    }

    /// What a mail, a chat or a shell's line puts around an address: blanks, " ' < >.
    private static func isWrapping(_ byte: UInt8) -> Bool {
        [0x20, 0x09, 0x0A, 0x0D, 0x22, 0x27, 0x3C, 0x3E].contains(byte)
    }
}
