import Benchmarking
import Testing

@Suite("Rows of a benchmark")
struct BenchRowTests {
    @Test("a row is one JSON object with its names, and says whether its bar holds")
    func json() {
        let row = BenchRow("send \"10\"", unit: "ms", toono: 12.346, peer: ("arping", 50), bar: 12.4)
        #expect(
            row.json
                == #"{"case":"send \"10\"","unit":"ms","toono":12.35,"peer":"arping","peerValue":50,"bar":12.4,"ok":true}"#
        )
        #expect(
            BenchRow("a", unit: "MB", toono: 3, bar: 2).json
                == #"{"case":"a","unit":"MB","toono":3,"peer":null,"peerValue":null,"bar":2,"ok":false}"#)
    }

    @Test("the median is the middle one of all times")
    func median() {
        #expect(Stopwatch().median == .zero)
        var watch = Stopwatch()
        for _ in 0..<5 { #expect(watch.time { 7 } == 7) }
        #expect(watch.times.sorted()[2] == watch.median)
        #expect(Duration.microseconds(1500).milliseconds == 1.5)
    }

    @Test("the same seed gives the same numbers")
    func seeds() {
        var first = SplitMix(seed: 1)
        #expect((0..<2).map { _ in first.next() } == [0x910A_2DEC_8902_5CC1, 0xBEEB_8DA1_658E_EC67])
    }
}
