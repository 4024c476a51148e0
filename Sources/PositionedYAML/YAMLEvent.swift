/// One thing that a YAML text consists of, in its order (YAML 1.1, 3.1).
enum YAMLEvent {
    case streamStart, streamEnd
    case documentStart, documentEnd
    case scalar(YAMLScalar, anchor: String?)
    /// Stands for the value of an anchor.
    case alias(String)
    case sequenceStart(anchor: String?)
    case sequenceEnd
    case mappingStart(anchor: String?)
    case mappingEnd
}
