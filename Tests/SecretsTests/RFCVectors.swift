import Secrets
import Testing

/// The RFCs' own vectors: short enough to stand here, and always run.
@Suite struct RFCVectors {
    struct ScryptCase: Sendable {
        let logN: Int
        let r: Int
        let p: Int
        let password: String
        let salt: String
        let output: String
    }

    /// RFC 7914 section 12. The last takes 1 GiB.
    @Test(arguments: [
        ScryptCase(
            logN: 4, r: 1, p: 1, password: "", salt: "",
            output: "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"),
        ScryptCase(
            logN: 10, r: 8, p: 16, password: "password", salt: "NaCl",
            output: "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"),
        ScryptCase(
            logN: 14, r: 8, p: 1, password: "pleaseletmein", salt: "SodiumChloride",
            output: "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"),
        ScryptCase(
            logN: 20, r: 8, p: 1, password: "pleaseletmein", salt: "SodiumChloride",
            output: "2101cb9b6a511aaeaddbbe09cf70f881ec568d574a2ffd4dabe5ee9820adaa47"
                + "8e56fd8f4ba5d09ffa1c6d927c40f4c337304049e8a952fbcbf45c6fa77a41a4"),
    ])
    func scrypt(_ test: ScryptCase) throws {
        let password = try SecretBytes.of(test.password)
        let output = try Scrypt.derive(
            password, salt: Array(test.salt.utf8), logN: test.logN, r: test.r, p: test.p, count: 64
        ).revealed()
        #expect(hex(output) == test.output)
    }

    struct HKDFCase: Sendable {
        let input: String
        let salt: String
        let info: String
        let prk: String
        let output: String
    }

    /// RFC 5869 appendices A.1 to A.3.
    @Test(arguments: [
        HKDFCase(
            input: String(repeating: "0b", count: 22), salt: "000102030405060708090a0b0c",
            info: "f0f1f2f3f4f5f6f7f8f9",
            prk: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865"),
        HKDFCase(
            input: hex((0x00...0x4f).map { UInt8($0) }), salt: hex((0x60...0xaf).map { UInt8($0) }),
            info: hex((0xb0...0xff).map { UInt8($0) }),
            prk: "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                + "cc30c58179ec3e87c14c01d5c1f3434f1d87"),
        HKDFCase(
            input: String(repeating: "0b", count: 22), salt: "", info: "",
            prk: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8"),
    ])
    func hkdf(_ test: HKDFCase) throws {
        let prk = try HKDF.extractSHA256(salt: hex(test.salt).span.bytes, input: hex(test.input).span.bytes)
        let output = try HKDF.expandSHA256(key: prk, info: hex(test.info), count: test.output.utf8.count / 2)
        let (prkText, outputText) = (hex(prk.revealed()), hex(output.revealed()))
        #expect(prkText == test.prk)
        #expect(outputText == test.output)
    }

    struct SignatureCase: Sendable {
        let seed: String
        let publicKey: String
        let message: String
        let signature: String
    }

    /// RFC 8032 section 7.1: tests 1, 2, 3, 1024 and SHA(abc).
    @Test(arguments: [
        SignatureCase(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        SignatureCase(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        SignatureCase(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
        SignatureCase(
            seed: "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
            publicKey: "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
            message: longMessage,
            signature: "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350a"
                + "a5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6ac00a9704a188a03"),
        SignatureCase(
            seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            message: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            signature: "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
    ])
    func ed25519(_ test: SignatureCase) throws {
        let key = try SigningKey(seed: SecretBytes.of(hex(test.seed)))
        let (publicKey, signature) = (key.publicKey, try key.sign(hex(test.message)))
        #expect(hex(publicKey) == test.publicKey)
        #expect(hex(signature) == test.signature)
        #expect(Ed25519.verify(signature, of: hex(test.message), by: publicKey))
    }

    /// RFC 9180 appendix A.1.1, sequence number 0: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.
    @Test func hpke() throws {
        let ephemeral = try Identity(
            secret: SecretBytes.of(hex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736")))
        let recipient = try Identity(
            secret: SecretBytes.of(hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")))
        let recipientPublic = recipient.publicKey
        #expect(hex(recipientPublic) == "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d")
        let info = Array("Ode on a Grecian Urn".utf8)
        let additional = Array("Count-0".utf8)
        let message = try SecretBytes.of("Beauty is truth, truth beauty")
        let sealed = try HPKE.seal(
            message, to: recipientPublic, info: info, aead: .aes128GCM, additional: additional,
            ephemeral: ephemeral)
        #expect(
            hex(sealed) == "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
                + "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
                + "6d8770ac83d07bea87e13c512a")
        let opened = try HPKE.open(
            sealed, with: recipient, info: info, aead: .aes128GCM, additional: additional)
        let same = opened.equals(message)
        #expect(same)
    }

    /// RFC 7636 appendix B: the S256 challenge.
    @Test func pkce() throws {
        let octets: [UInt8] = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
            214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ]
        let verifier = Base64URL.encode(octets)
        #expect(verifier == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        let challenge = Base64URL.encode(try SHA256.hash(Array(verifier.utf8)))
        #expect(challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    /// RFC 4231 test case 2.
    @Test func hmac() throws {
        let key = try SecretBytes.of("Jefe")
        let code = try HMACSHA256.authenticate(Array("what do ya want for nothing?".utf8), key: key)
        #expect(hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    /// FIPS 180-4's example, by both functions.
    @Test func sha256() throws {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let clear = try SHA256.hash(Array("abc".utf8))
        let secret = try SHA256.secretHash(Array("abc".utf8).span.bytes).revealed()
        #expect(hex(clear) == expected)
        #expect(hex(secret) == expected)
    }

    /// RFC 4648 section 10, with padding and without.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64(clear: String, text: String) throws {
        let bytes = Array(clear.utf8)
        var buffer = try SecretBuffer(limit: 64)
        try Base64.encode(bytes.span.bytes, into: &buffer)
        let padded = String(decoding: buffer.finish().revealed(), as: UTF8.self)
        #expect(padded == text)
        let bare = String(text.prefix { $0 != "=" })
        #expect(Base64URL.encode(bytes) == bare)
        #expect(Base64URL.decode(bare) == bytes)
    }
}
