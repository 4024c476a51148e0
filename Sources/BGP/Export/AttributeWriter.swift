import Wire

/// Builds a list of path attributes.
struct AttributeWriter {
    private var writer = WireWriter(capacity: 64)

    /// What was written so far.
    var bytes: [UInt8] { writer.bytes }

    /// Appends an attribute; its length takes two octets only where it must.
    mutating func append(_ type: AttributeType, _ value: [UInt8]) {
        let isLong = value.count > 255
        writer.uint8(type.flags | (isLong ? AttributeType.extendedLength : 0))
        writer.uint8(type.rawValue)
        if isLong { writer.uint16(UInt16(value.count)) } else { writer.uint8(UInt8(value.count)) }
        writer.append(value)
    }

    /// Appends an attribute of 32-bit numbers.
    mutating func append(_ type: AttributeType, numbers: [UInt32]) {
        var value = WireWriter(capacity: numbers.count * 4)
        for number in numbers { value.uint32(number) }
        append(type, value.bytes)
    }
}
