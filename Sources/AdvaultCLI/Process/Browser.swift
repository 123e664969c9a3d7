/// The person's browser, opened on our own start page and on nothing else.
enum Browser {
    /// Whether a program that opens addresses was started. It gets a chosen environment, the terminal's streams
    /// are closed to it, and nobody waits for it.
    static func open(_ address: String, _ context: CommandContext) -> Bool {
        // Without a desktop xdg-open would start a text browser on the terminal that we prompt on.
        guard context.variable("DISPLAY") != nil || context.variable("WAYLAND_DISPLAY") != nil else {
            return false
        }
        let environment = ChildEnvironment.entries(ChildEnvironment.desktop, context)
        let child = try? ChildProgram(
            ["xdg-open", address], environment: environment, output: nil, keepsErrors: false)
        return child != nil
    }
}
