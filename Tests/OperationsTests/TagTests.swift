import CredentialVault
import Operations
import Testing

/// What a tag may be, how tags are changed, and which connections a filter lets through.
@Suite struct TagTests {
    private func desk(_ names: [String] = ["a", "b", "c"]) throws -> Desk {
        let desk = try Desk()
        try desk.addApp()
        for name in names { try desk.addConnection(name) }
        return desk
    }

    private func tags(_ texts: String...) throws -> [Operations.Tag] { try texts.map(Operations.Tag.init) }

    @Test(arguments: ["client", "client=acme", "client=müller", "a=b=c", "team/eu=x:1"])
    func aTagIsAKeyOrAKeyWithAValue(_ text: String) throws {
        let tag = try Operations.Tag(text)
        #expect(tag.text == text)
        #expect((tag.value == nil) == !text.contains("="))
        #expect(!tag.key.contains("="))
    }

    @Test(
        arguments: [
            ("", .empty), ("a b", .character(scalar: 0x20)), ("a,b", .character(scalar: 0x2C)),
            ("a\u{7}", .character(scalar: 7)), ("a\u{202E}", .character(scalar: 0x202E)),
            ("a\"", .character(scalar: 0x22)), ("-a", .leadingHyphen), ("=a", .half), ("a=", .half),
            (String(repeating: "a", count: 129), .tooLong(bytes: 129)),
        ] as [(String, Operations.Tag.Fault)])
    func whatIsNoTag(_ text: String, _ fault: Operations.Tag.Fault) {
        #expect(failure { () throws(OperationError) in _ = try Operations.Tag(text) } == .tag(text, fault))
    }

    @Test func aNewValueTakesTheFormerOnesPlace() throws {
        let desk = try desk(["a"])
        let a = Selection.named(["a"])
        var report = try Tagging.run(
            a, adding: tags("client=acme", "eu"), removing: [], in: desk.context)
        #expect(report.connections[0].tags == ["client=acme", "eu"])
        report = try Tagging.run(a, adding: tags("client=other"), removing: tags("eu"), in: desk.context)
        #expect(report.connections[0].tags == ["client=other"])
        #expect(try desk.row("a").tags == "client=other")
        report = try Tagging.run(a, adding: [], removing: tags("client"), in: desk.context)
        #expect(report.connections[0].tags == [])
        #expect(try desk.row("a").tags == nil)
    }

    /// Its secrets are sealed anew under the changed columns.
    @Test func theTokensStay() throws {
        let desk = try desk(["a"])
        _ = try Tagging.run(.all, adding: tags("x"), removing: [], in: desk.context)
        #expect(try desk.tokens("a") == .init(access: "access-0", refresh: "refresh-0"))
    }

    @Test func nothingIsWrittenWhereNothingChanges() throws {
        let desk = try desk(["a"])
        _ = try Tagging.run(.all, adding: tags("x"), removing: [], in: desk.context)
        let epoch = try desk.locked().header.epoch
        _ = try Tagging.run(.all, adding: tags("x"), removing: [], in: desk.context)
        #expect(
            failure { () throws(OperationError) in
                try Tagging.run(.all, adding: [], removing: try [Operations.Tag("y")], in: desk.context)
            } == .noTag("y", there: ["x"]))
        #expect(try desk.locked().header.epoch == epoch)
    }

    @Test func tooManyTagsChangeNothing() throws {
        let desk = try desk(["a", "b"])
        let long = try (0..<8).map { try Operations.Tag("k\($0)=" + String(repeating: "v", count: 125)) }
        _ = try Tagging.run(.named(["b"]), adding: long.dropLast(), removing: [], in: desk.context)
        let epoch = try desk.locked().header.epoch
        #expect(
            failure { () throws(OperationError) in
                try Tagging.run(.all, adding: long, removing: [], in: desk.context)
            } == .tagsTooLong(bytes: 8 * 128 + 7))
        #expect(try desk.locked().header.epoch == epoch)
    }

    @Test func aFilterFitsInEveryPart() throws {
        let desk = try desk()
        _ = try Tagging.run(
            .named(["a", "b"]), adding: tags("client=acme"), removing: [], in: desk.context)
        _ = try Tagging.run(.named(["b"]), adding: tags("eu"), removing: [], in: desk.context)
        try desk.edit("b") { $0.state = .reconnect }
        func names(_ filter: Filter) throws -> [String] {
            try ListConnections.run(filter, in: desk.context).connections.map(\.name)
        }
        #expect(try names(Filter()) == ["a", "b", "c"])
        #expect(try names(Filter(tags: tags("client=acme"))) == ["a", "b"])
        #expect(try names(Filter(tags: tags("client"))) == ["a", "b"])
        #expect(try names(Filter(tags: tags("client", "eu"))) == ["b"])
        #expect(try names(Filter(states: [.reconnect])) == ["b"])
        #expect(try names(Filter(states: [.ok, .reconnect])) == ["a", "b", "c"])
        #expect(try names(Filter(tags: tags("eu"), states: [.ok])) == [])
        #expect(try names(Filter(app: "app")) == ["a", "b", "c"])
    }

    @Test func aMistypedTagOrAppIsNotNothingToDo() throws {
        let desk = try desk(["a"])
        _ = try Tagging.run(.all, adding: tags("client=acme"), removing: [], in: desk.context)
        for filter in [Filter(tags: try tags("client=acne")), Filter(tags: try tags("customer"))] {
            let text = filter.tags[0].text
            #expect(
                failure { () throws(OperationError) in
                    try Refresh.run(.matching(filter), .due, in: desk.context)
                } == .noTag(text, there: ["client=acme"]))
        }
        #expect(
            failure { () throws(OperationError) in
                try Refresh.run(.matching(Filter(app: "apq")), .due, in: desk.context)
            } == .noApp("apq"))
    }

    @Test func refreshAndTestAreForWhatFits() throws {
        let desk = try desk()
        _ = try Tagging.run(.named(["b"]), adding: tags("x"), removing: [], in: desk.context)
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        let chosen = Selection.matching(Filter(tags: try tags("x")))
        #expect(try Refresh.run(chosen, .always, in: desk.context).results.map(\.name) == ["b"])
        #expect(desk.requests.count == 1)
        desk.reply = { $0.isIntrospection ? .active : .nothing }
        #expect(try Operations.Test.run(chosen, in: desk.context).results.map(\.name) == ["b"])
    }

    @Test func anotherNameKeepsTokensTagsAndHistory() throws {
        let desk = try desk(["a", "b"])
        _ = try Tagging.run(.named(["a"]), adding: tags("x"), removing: [], in: desk.context)
        let id = try desk.row("a").id
        let report = try Rename.run("a", to: "z", in: desk.context)
        #expect(report.name == "z" && report.tags == ["x"])
        #expect(try desk.row("z").id == id)
        #expect(try desk.tokens("z") == .init(access: "access-0", refresh: "refresh-0"))
        #expect(
            failure { () throws(OperationError) in try Rename.run("z", to: "b", in: desk.context) }
                == .connectionTaken("b"))
        #expect(
            failure { () throws(OperationError) in try Rename.run("a", to: "y", in: desk.context) }
                == .noConnection("a"))
        #expect(
            failure { () throws(OperationError) in try Rename.run("z", to: "-y", in: desk.context) }
                == .name(.connection, .leadingHyphen))
    }
}
