/// The type of a field in Kubernetes' Go types, as far as JSON tells types apart.
indirect enum ShapeType: Sendable, Hashable {
    case string, bool, int32, int64, double
    /// `resource.Quantity`: text or a number.
    case quantity
    /// `intstr.IntOrString`.
    case intOrString
    /// `metav1.Time`, to the second.
    case time
    /// `metav1.MicroTime`.
    case microTime
    /// Base64.
    case bytes
    /// Raw JSON: `runtime.RawExtension`, `FieldsV1`.
    case any
    /// A structure, by its name in the library: structures may be recursive.
    case structure(String)
    /// A structure, a list of these, or a truth value: `JSONSchemaPropsOrBool` and its siblings.
    case loose(String)
    case map(ShapeType, isAtomic: Bool)
    case list(ShapeType, FieldSchema.List, retainsKeys: Bool)
}

/// A structure of Kubernetes' Go types.
struct Shape: Sendable, Hashable {
    /// A field and what Go's encoder does with it.
    struct Field: Sendable, Hashable {
        var name: String
        var type: ShapeType
        /// A pointer: zero is a value and differs from absence.
        var isPointer: Bool
        /// Without `omitempty`, or a structure that is no pointer: written even when it is zero.
        var isAlwaysWritten: Bool
        /// `x-kubernetes-map-type: atomic` at the field.
        var isAtomic: Bool
        /// `patchStrategy: retainKeys` at the field.
        var retainsKeys: Bool
    }

    var name: String
    /// `x-kubernetes-map-type: atomic` at the type.
    var isAtomic: Bool
    var fields: [Field]
    /// Places in `fields`.
    var index: [String: Int]

    init(name: String, isAtomic: Bool, fields: [Field]) {
        self.name = name
        self.isAtomic = isAtomic
        self.fields = fields
        index = Dictionary(
            fields.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    func field(_ name: String) -> Field? { index[name].map { fields[$0] } }
}
