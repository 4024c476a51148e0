import Testing

@testable import Telemetry

@Suite struct RegistryTests {
    @Test("an empty registry exposes nothing but OpenMetrics' end")
    func empty() {
        #expect(Registry().expose(as: .prometheusText).isEmpty)
    }
}
