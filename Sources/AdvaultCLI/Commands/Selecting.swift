internal import ArgumentParser
internal import Operations

/// `NAME… | --all`, or what a filter lets through.
struct SelectionOptions: ParsableArguments {
    @Argument(help: .init("Connections.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "All connections.")
    var all = false

    @OptionGroup var filter: FilterOptions

    func selection() throws -> Selection {
        let filter = try filter.filter()
        guard !names.isEmpty else {
            if filter.isEmpty && !all { throw CommandError.argument(.noNames) }
            return .matching(filter)
        }
        if all { throw CommandError.argument(.namesAndAll) }
        guard filter.isEmpty else { throw CommandError.argument(.namesAndFilter) }
        return .named(names)
    }
}

/// `--tag`, `--app`, `--state`: every part that is given has to fit.
struct FilterOptions: ParsableArguments {
    @Option(
        name: .customLong("tag"),
        help: .init(
            "Only those with this tag, KEY=VALUE, or any value of KEY; may be repeated.", valueName: "tag"))
    var tags: [String] = []

    @Option(help: .init("Only those of this app.", valueName: "name"))
    var app: String?

    @Option(
        name: .customLong("state"),
        help: .init(
            "Only those in this state: ok, due, expiring, reconnect, interrupted, app-error; may be repeated.",
            valueName: "state"))
    var states: [String] = []

    func filter() throws -> Filter {
        Filter(
            tags: try tags.map { (text) throws(OperationError) in try Tag(text) }, app: app,
            states: try states.map(FilterOptions.state))
    }

    private static func state(_ text: String) throws(CommandError) -> ShownState {
        guard let state = ShownState(rawValue: text) else { throw .argument(.state(text)) }
        return state
    }
}
