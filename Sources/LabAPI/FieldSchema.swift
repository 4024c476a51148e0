package import KubernetesObjects

/// The shape of a kind, as far as merging needs it: strategic merge patches, server-side apply and the ownership of
/// fields (the `x-kubernetes-*-type` and `x-kubernetes-patch-*` extensions of Kubernetes' OpenAPI documents).
package indirect enum FieldSchema: Sendable, Hashable {
    /// A string, number or truth value, and whatever is compared as one (a quantity, an IntOrString, a time).
    case scalar
    case structure(Structure)
    /// A map from any key. An atomic one has one owner as a whole.
    case map(value: FieldSchema, isAtomic: Bool)
    case list(element: FieldSchema, List)
    /// Anything: a custom resource without schema, `RawExtension`. Its maps are merged by key, its lists are atomic.
    case any

    /// Named fields.
    package struct Structure: Sendable, Hashable {
        package var fields: [String: FieldSchema]
        /// `x-kubernetes-map-type: atomic`: one owner as a whole, such as an ObjectReference.
        package var isAtomic: Bool
        /// `patchStrategy: retainKeys`, such as a Deployment's `strategy` and a Pod's volumes.
        package var retainsKeys: Bool
        /// `x-kubernetes-preserve-unknown-fields`: fields that are not named may be there.
        package var preservesUnknown: Bool

        package init(
            fields: [String: FieldSchema], isAtomic: Bool = false, retainsKeys: Bool = false,
            preservesUnknown: Bool = false
        ) {
            self.fields = fields
            self.isAtomic = isAtomic
            self.retainsKeys = retainsKeys
            self.preservesUnknown = preservesUnknown
        }
    }

    /// How a list is owned and merged.
    package struct List: Sendable, Hashable {
        /// `x-kubernetes-list-type`, which server-side apply follows.
        package enum Topology: Sendable, Hashable {
            /// One owner as a whole; also what a list without the extension is.
            case atomic
            /// Scalars, each with its own owner.
            case set
            /// Structures, each found by the values of these fields.
            case map(keys: [Key])
        }

        /// A field that identifies an element.
        package struct Key: Sendable, Hashable {
            package var name: String
            /// What an element without the field has, such as `TCP` for a port's protocol.
            package var defaultValue: JSONValue?

            package init(_ name: String, default defaultValue: JSONValue? = nil) {
                self.name = name
                self.defaultValue = defaultValue
            }
        }

        package var topology: Topology
        /// True for `patchStrategy: merge`: a strategic merge patch adds to the list instead of replacing it.
        package var patchMerges: Bool
        /// `patchMergeKey`: what a strategic merge patch finds structures by; nil for scalars.
        package var patchMergeKey: String?

        package init(topology: Topology = .atomic, patchMerges: Bool = false, patchMergeKey: String? = nil) {
            self.topology = topology
            self.patchMerges = patchMerges
            self.patchMergeKey = patchMergeKey
        }
    }

    /// A list with one owner that patches replace.
    package static func atomicList(_ element: FieldSchema = .scalar) -> FieldSchema { .list(element: element, List()) }

    /// Strings by name, merged by key.
    package static var strings: FieldSchema { .map(value: .scalar, isAtomic: false) }
}
