internal import CredentialVault

/// Which connections are meant when they are not named. Every part that is given has to fit.
package struct Filter: Equatable, Sendable {
    /// All of them; one without a value fits every value of its key.
    package var tags: [Tag]
    /// The app's name.
    package var app: String?
    /// One of them; empty: any.
    package var states: [ShownState]

    package init(tags: [Tag] = [], app: String? = nil, states: [ShownState] = []) {
        (self.tags, self.app, self.states) = (tags, app, states)
    }

    package var isEmpty: Bool { self == Filter() }

    /// By name.
    /// - Throws: `.noApp`, and `.noTag` for a tag that no connection has: a mistyped one must not look like
    ///   nothing to do.
    func rows(in locked: LockedVault, now: Int64) throws(OperationError) -> [ConnectionRow] {
        let appID = try app.map { (name) throws(OperationError) in try locked.appNamed(name).id }
        let tagged = locked.connections.map { (row: $0, tags: Tag.of(column: $0.tags)) }
        for tag in tags where !tagged.contains(where: { $0.tags.contains(where: tag.finds) }) {
            let there = Set(tagged.flatMap { $0.tags.map(\.text) }).sorted()
            throw .noTag(tag.text, there: there)
        }
        return tagged.filter { entry in
            (appID == nil || entry.row.appID == appID)
                && tags.allSatisfy { entry.tags.contains(where: $0.finds) }
                && (states.isEmpty || states.contains(ShownState(entry.row, now: now)))
        }.map(\.row).sorted { $0.name < $1.name }
    }
}
