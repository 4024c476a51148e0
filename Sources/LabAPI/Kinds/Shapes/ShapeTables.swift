/// The shapes of the built-in kinds as of Kubernetes 1.32, in the notation that `ShapeLibrary` reads.
///
/// A line that is not indented names a structure; a `!` after it has it owned and merged as a whole. Below stand its
/// fields, `name:type` each, with further marks:
///
///     string bool int32 int64 double quantity intOrString time microtime bytes any   scalars
///     Name                    another structure
///     ~Name                   that structure, a list of it, or a truth value
///     {T}   {T}!              a map; an atomic one
///     [T]   [T]#   [T]#a,b~X  a list: atomic, a set, a map by the fields `a` and `b` where `b` is `X` if it is absent
///     …+   …+key   …^         a strategic merge patch adds to it; finds elements by `key`; `retainKeys`
///     *                       a pointer: zero differs from absence
///     =                       written even when it is zero
///
/// Names, list types and merge keys are those of Kubernetes' OpenAPI document; pointers and `omitempty` those of its Go
/// types.
enum ShapeTables {
    static var all: [String] { [metadata, volume, pod, apps, core, extensions, other] }
}
