extension ProgressLine {
    /// How many rows are sealed anew under the next root key.
    func showSealing(_ done: Int, of all: Int) { show("advault: sealing anew: \(done) of \(all)") }
}
