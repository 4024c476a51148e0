import PositionedYAML

/// The members of a mapping; one of anything else has none.
struct MappingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: NodeDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { (decoder.node.entries ?? []).compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool {
        decoder.findings.mappings[decoder.path]?.asked.insert(key.stringValue)
        return decoder.node[key.stringValue] != nil
    }

    func decodeNil(forKey key: Key) -> Bool { decoder.node[key.stringValue]?.isNull ?? true }

    /// The decoder of a member. One that must be there and is not is noted, and an empty mapping stands in for it.
    private func member(_ key: Key) -> NodeDecoder {
        let path = NodeDecoder.step(decoder.path, key.stringValue)
        if contains(key), let node = decoder.node[key.stringValue] {
            return NodeDecoder(node: node, path: path, findings: decoder.findings)
        }
        decoder.findings.problems.append(
            NodeDecoder.Problem(position: decoder.node.position, path: path, message: "is missing"))
        // What is said of the stand-in goes nowhere.
        return NodeDecoder(
            node: YAMLNode(position: decoder.node.position, content: .mapping([])), path: path,
            findings: NodeDecoder.Findings())
    }

    func decode(_: Bool.Type, forKey key: Key) -> Bool { member(key).bool() }
    func decode(_: String.Type, forKey key: Key) -> String { member(key).text() }
    func decode(_: Double.Type, forKey key: Key) -> Double { member(key).number() }
    func decode(_: Float.Type, forKey key: Key) -> Float { Float(member(key).number()) }
    func decode(_: Int.Type, forKey key: Key) -> Int { member(key).integer(Int.self) }
    func decode(_: Int8.Type, forKey key: Key) -> Int8 { member(key).integer(Int8.self) }
    func decode(_: Int16.Type, forKey key: Key) -> Int16 { member(key).integer(Int16.self) }
    func decode(_: Int32.Type, forKey key: Key) -> Int32 { member(key).integer(Int32.self) }
    func decode(_: Int64.Type, forKey key: Key) -> Int64 { member(key).integer(Int64.self) }
    func decode(_: UInt.Type, forKey key: Key) -> UInt { member(key).integer(UInt.self) }
    func decode(_: UInt8.Type, forKey key: Key) -> UInt8 { member(key).integer(UInt8.self) }
    func decode(_: UInt16.Type, forKey key: Key) -> UInt16 { member(key).integer(UInt16.self) }
    func decode(_: UInt32.Type, forKey key: Key) -> UInt32 { member(key).integer(UInt32.self) }
    func decode(_: UInt64.Type, forKey key: Key) -> UInt64 { member(key).integer(UInt64.self) }

    func decode<Value: Decodable>(_: Value.Type, forKey key: Key) throws -> Value { try Value(from: member(key)) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedDecodingContainer<NestedKey> {
        member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { member(key).unkeyedContainer() }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { member(key) }
}

/// The elements of a sequence, in order; one of anything else has none.
struct SequenceContainer: UnkeyedDecodingContainer {
    let decoder: NodeDecoder
    let elements: [YAMLNode]
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    private mutating func next() throws -> NodeDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                YAMLNode.self, .init(codingPath: [], debugDescription: "the list has no more elements"))
        }
        defer { currentIndex += 1 }
        return NodeDecoder(
            node: elements[currentIndex], path: "\(decoder.path)[\(currentIndex)]", findings: decoder.findings)
    }

    mutating func decode<Value: Decodable>(_: Value.Type) throws -> Value { try Value(from: next()) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }
}

/// A value by itself.
struct ScalarContainer: SingleValueDecodingContainer {
    let decoder: NodeDecoder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { decoder.node.isNull }
    func decode(_: Bool.Type) -> Bool { decoder.bool() }
    func decode(_: String.Type) -> String { decoder.text() }
    func decode(_: Double.Type) -> Double { decoder.number() }
    func decode(_: Float.Type) -> Float { Float(decoder.number()) }
    func decode(_: Int.Type) -> Int { decoder.integer(Int.self) }
    func decode(_: Int8.Type) -> Int8 { decoder.integer(Int8.self) }
    func decode(_: Int16.Type) -> Int16 { decoder.integer(Int16.self) }
    func decode(_: Int32.Type) -> Int32 { decoder.integer(Int32.self) }
    func decode(_: Int64.Type) -> Int64 { decoder.integer(Int64.self) }
    func decode(_: UInt.Type) -> UInt { decoder.integer(UInt.self) }
    func decode(_: UInt8.Type) -> UInt8 { decoder.integer(UInt8.self) }
    func decode(_: UInt16.Type) -> UInt16 { decoder.integer(UInt16.self) }
    func decode(_: UInt32.Type) -> UInt32 { decoder.integer(UInt32.self) }
    func decode(_: UInt64.Type) -> UInt64 { decoder.integer(UInt64.self) }
    func decode<Value: Decodable>(_: Value.Type) throws -> Value { try Value(from: decoder) }
}
