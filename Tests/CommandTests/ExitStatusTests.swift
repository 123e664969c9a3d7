import AdvaultCLI
import Testing

@Suite("Exit codes")
struct ExitStatusTests {
    @Test("over several connections it is the first of 9, 8, 5, 4, 6, 7, 1")
    func precedence() {
        #expect(ExitStatus.over([]) == .done)
        #expect(ExitStatus.over([.done, .done]) == .done)
        #expect(ExitStatus.over([.busy, .reconnect, .done, .app]) == .app)
        #expect(ExitStatus.over([.tryAgain, .reconnect]) == .reconnect)
        #expect(ExitStatus.over([.other, .notStored, .damaged]) == .notStored)
        #expect(ExitStatus.over([.done, .notFound]) == .notFound)
    }
}
