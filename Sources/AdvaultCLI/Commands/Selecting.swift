internal import ArgumentParser
internal import Operations

/// `NAME… | --all`.
struct SelectionOptions: ParsableArguments {
    @Argument(help: .init("Connections.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "All connections.")
    var all = false

    func selection() throws(CommandError) -> Selection {
        switch (names.isEmpty, all) {
        case (true, true): return .all
        case (false, false): return .named(names)
        case (false, true): throw .argument(.namesAndAll)
        case (true, false): throw .argument(.noNames)
        }
    }
}
