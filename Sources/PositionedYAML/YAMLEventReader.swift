import CYAML

/// Reads the events of a text with libyaml.
///
/// Safe to use: the parser is allocated once, since libyaml keeps pointers to it, and freed with the reader; strings of an
/// event are copied before it is freed.
@safe final class YAMLEventReader {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: String

    /// - Parameters:
    ///   - bytes: the text in UTF-8; must outlive the reader.
    ///   - text: the same, for messages.
    init(_ bytes: UnsafeBufferPointer<UInt8>, text: String) throws(YAMLProblem) {
        unsafe parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        self.text = text
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            throw YAMLProblem(position: YAMLPosition(line: 1, column: 1), message: "cannot be read: no memory")
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// The next event, and where it begins. After the end of the stream there is none.
    func next() throws(YAMLProblem) -> (event: YAMLEvent, position: YAMLPosition) {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem }
        defer { unsafe yaml_event_delete(&event) }
        return (unsafe Self.event(event), unsafe YAMLPosition(event.start_mark))
    }

    private static func event(_ event: yaml_event_t) -> YAMLEvent {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: .streamStart
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_SCALAR_EVENT:
            unsafe .scalar(
                YAMLScalar(
                    text: String(
                        decoding: UnsafeBufferPointer(
                            start: event.data.scalar.value, count: event.data.scalar.length), as: UTF8.self),
                    style: style(event.data.scalar.style)),
                anchor: name(event.data.scalar.anchor))
        case YAML_ALIAS_EVENT: unsafe .alias(name(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT: unsafe .sequenceStart(anchor: name(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: .sequenceEnd
        case YAML_MAPPING_START_EVENT: unsafe .mappingStart(anchor: name(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: .mappingEnd
        // No event at all is what follows the end of the stream.
        default: .streamEnd
        }
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private static func name(_ text: UnsafeMutablePointer<UInt8>?) -> String? {
        unsafe text.map { unsafe String(cString: $0) }
    }

    /// The parser's complaint in a user's words.
    private var problem: YAMLProblem {
        let words = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "no reason given"
        switch unsafe parser.pointee.error {
        case YAML_READER_ERROR:
            let value = unsafe parser.pointee.problem_value
            let code = value >= 0 ? " (U+\(String(value, radix: 16, uppercase: true)))" : ""
            return YAMLProblem(
                position: YAMLPosition(ofByte: unsafe parser.pointee.problem_offset, in: text),
                message: "is no YAML: \(words)\(code)")
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            let position = unsafe YAMLPosition(parser.pointee.problem_mark)
            if position.isTab(in: text) {
                return YAMLProblem(position: position, message: "a tab, where YAML allows only spaces")
            }
            let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
            let line = unsafe YAMLPosition(parser.pointee.context_mark).line
            return YAMLProblem(
                position: position,
                message: "is no YAML: \(words)" + (context.map { ", \($0) in line \(line)" } ?? ""))
        default:
            return YAMLProblem(position: YAMLPosition(line: 1, column: 1), message: "cannot be read: no memory")
        }
    }
}

extension YAMLPosition {
    /// A mark of the parser, which counts from 0.
    fileprivate init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}
