import COpenSSL
import Secrets
import Testing

/// The heap is one for the process, so that each of these has a process of its own.
@Suite struct SecureHeapTests {
    /// The first secret of a process makes the heap: nobody has to remember to.
    @Test func theFirstSecretIsOnTheHeap() async {
        await #expect(processExitsWith: .success) {
            let secret = try SecretBytes.of([1, 2, 3])
            let isOnTheHeap = secret.withBytes { span in
                span.withUnsafeBytes { CRYPTO_secure_allocated($0.baseAddress) == 1 }
            }
            #expect(isOnTheHeap)
        }
    }

    @Test func bytesComeBackWhenSecretsGo() async {
        await #expect(processExitsWith: .success) {
            #expect(SecureHeap.state != .unavailable)
            // The generators' own state is made at first use, and stays.
            _ = try Random.secret(1)
            _ = try Identity.generate()
            let before = SecureHeap.bytesInUse
            do {
                let secret = try Random.secret(1_000)
                #expect(SecureHeap.bytesInUse >= before + 1_000)
                let copy = try secret.copy()
                let same = copy.equals(secret)
                #expect(same)
                var buffer = try SecretBuffer(limit: 10_000, reserving: 1)
                for _ in 0..<5_000 { try buffer.append(0x61) }
                let frozen = buffer.finish()
                let size = frozen.count
                #expect(size == 5_000)
            }
            #expect(SecureHeap.bytesInUse == before)
        }
    }

    /// Every primitive, its refusals included, gives back all that it took.
    @Test func primitivesLeaveNothing() async {
        await #expect(processExitsWith: .success) {
            func everything() throws {
                let key = try Random.secret(32)
                let identity = try Identity.generate()
                let sealed = try Cobblestone.seal(key, key: key, context: [1])
                _ = try Cobblestone.open(head: sealed.head, body: sealed.body, key: key, context: [1])
                _ = try? Cobblestone.open(head: sealed.head, body: sealed.body, key: key, context: [2])
                _ = try? Cobblestone.open(
                    head: sealed.head, body: sealed.body.reversed(), key: key, context: [1])
                let wrapped = try HPKE.seal(key, to: identity.publicKey, info: [])
                _ = try HPKE.open(wrapped, with: identity, info: [])
                _ = try? HPKE.open(wrapped, with: identity, info: [1])
                _ = try? HPKE.seal(key, to: [UInt8](repeating: 0, count: 32), info: [])
                _ = try Scrypt.derive(key, salt: [], logN: 4, r: 1, p: 1, count: 32)
                let signing = try SigningKey(seed: Random.secret(32))
                _ = Ed25519.verify(try signing.sign([1]), of: [2], by: signing.publicKey)
                let text = try MachineKey.secretText(of: identity)
                _ = try MachineKey.identity(parsing: text)
                _ = try? MachineKey.identity(parsing: key)
            }
            try everything()
            let before = SecureHeap.bytesInUse
            for _ in 0..<100 { try everything() }
            #expect(SecureHeap.bytesInUse == before)
        }
    }

    /// The mapping stays, so that what a freed block holds can be looked at, against every rule, here.
    @Test func blocksAreWipedAsTheyGo() async {
        await #expect(processExitsWith: .success) {
            let size = 256
            func address() throws -> UInt {
                let secret = try SecretBytes.of([UInt8](repeating: 0xA5, count: size))
                return secret.withBytes { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
            }
            let place = try #require(UnsafeRawPointer(bitPattern: try address()))
            let left = UnsafeRawBufferPointer(start: place, count: size).count { $0 == 0xA5 }
            // The heap's own list of free blocks takes the first bytes.
            #expect(left == 0)

            func grown() throws -> UInt {
                var buffer = try SecretBuffer(limit: 4_096, reserving: size)
                for _ in 0..<size { try buffer.append(0xA5) }
                let first = buffer.withBytes { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
                // One more moves it; the smaller block must hold nothing while the larger one lives.
                try buffer.append(0xA5)
                let second = buffer.withBytes { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
                #expect(first != second)
                let old = try #require(UnsafeRawPointer(bitPattern: first))
                #expect(UnsafeRawBufferPointer(start: old, count: size).count { $0 == 0xA5 } == 0)
                return second
            }
            let second = try #require(UnsafeRawPointer(bitPattern: try grown()))
            #expect(UnsafeRawBufferPointer(start: second, count: size).count { $0 == 0xA5 } == 0)
        }
    }

    @Test func aFullHeapIsAnErrorAndNotOrdinaryMemory() async {
        await #expect(processExitsWith: .success) {
            let before = SecureHeap.bytesInUse
            do {
                let first = try SecretBytes.of([UInt8](repeating: 1, count: 1 << 20))
                let small = try SecretBytes.of([1])
                let error = refusal { () throws(SecretsError) in
                    _ = try SecretBytes(count: 1 << 20) { (_) throws(SecretsError) in }
                }
                #expect(error == .outOfSecureMemory(bytes: 1 << 20))
                let size = first.count + small.count
                #expect(size == (1 << 20) + 1)
            }
            #expect(SecureHeap.bytesInUse == before)
            // A message of several MiB cannot be opened whole, and says so.
            let whole = refusal { () throws(SecretsError) in
                _ = try SecretBytes(count: 4 << 20) { (_) throws(SecretsError) in }
            }
            #expect(whole == .outOfSecureMemory(bytes: 4 << 20))
        }
    }
}
