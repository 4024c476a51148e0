import Testing

@testable import Allocation

@Suite("Bitmap of taken places")
struct AddressBitmapTests {
    @Test(
        "places are given from the lowest up, until none is left",
        arguments: [0, 1, 63, 64, 65, 128, 4095, 4096, 4097, 70_000] as [UInt64])
    func fillsUp(count: UInt64) {
        var bitmap = AddressBitmap(count: count)
        for expected in 0..<count {
            #expect(bitmap.firstFree == expected)
            bitmap.insert(expected)
        }
        #expect(bitmap.firstFree == nil)
    }

    @Test("a freed place is the next to be given, at every level of the tree")
    func findsHoles() {
        var bitmap = AddressBitmap(count: 300_000)
        for place in 0..<UInt64(300_000) { bitmap.insert(place) }
        for hole in [0, 63, 64, 4095, 4096, 262_143, 262_144, 299_999] as [UInt64] {
            bitmap.remove(hole)
            #expect(bitmap.firstFree == hole)
            bitmap.remove(hole)
            #expect(!bitmap.contains(hole))
            bitmap.insert(hole)
            #expect(bitmap.firstFree == nil)
        }
    }

    @Test("it agrees with a plain set under random changes")
    func agreesWithSet() {
        var generator = SystemRandomNumberGenerator()
        var bitmap = AddressBitmap(count: 5000)
        var free = Set(UInt64(0)..<5000)
        for _ in 0..<40_000 {
            let place = UInt64.random(in: 0..<5000, using: &generator)
            if Int.random(in: 0..<8, using: &generator) > 0 {
                bitmap.insert(place)
                free.remove(place)
            } else {
                bitmap.remove(place)
                free.insert(place)
            }
            #expect(bitmap.contains(place) == !free.contains(place))
        }
        #expect(bitmap.firstFree == free.min())
    }

    @Test("2^62 places cost nothing, and the last of them can be taken")
    func isSparse() {
        var bitmap = AddressBitmap(count: .max)
        bitmap.insert(AddressBitmap.maximumCount - 1)
        #expect(bitmap.contains(AddressBitmap.maximumCount - 1))
        #expect(bitmap.firstFree == 0)
        bitmap.insert(AddressBitmap.maximumCount)
        #expect(!bitmap.contains(AddressBitmap.maximumCount))
    }
}
