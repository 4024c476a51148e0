import FoundationEssentials
import KubernetesObjects

/// ConfigMaps and Secrets.
struct ConfigRules: KindRules {
    let isSecret: Bool

    /// A Secret's `stringData` goes into `data` while it is decoded.
    func setDefaults(_ object: inout JSONValue) {
        guard isSecret else { return }
        object.setDefault("type", "Opaque")
        let plain = object.texts("stringData")
        guard !plain.isEmpty else { return }
        object.change("data") { data in
            for (key, text) in plain { data[key] = .string(Data(text.utf8).base64EncodedString()) }
        }
        object["stringData"] = nil
    }

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        for member in ["data", "binaryData"] {
            for key in (object[member]?.objectValue ?? [:]).keys.sorted() {
                causes += Self.keyProblems(key).map {
                    .invalid("\(member)[\(key)]", value: quoted(key), $0)
                }
                if member == "binaryData", object["data"]?[key] != nil {
                    causes.append(
                        .invalid("binaryData[\(key)]", value: quoted(key), "duplicate of key present in data"))
                }
            }
        }
        guard let old else { return causes }
        if isSecret, object["type"] != old["type"] {
            causes.append(.invalid("type", value: quoted(object.text("type")), "field is immutable"))
        }
        if old["immutable"] == true {
            if object["immutable"] != true {
                causes.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
            }
            for member in ["data", "binaryData"] where object[member] != old[member] {
                causes.append(.forbidden(member, "field is immutable when `immutable` is set"))
            }
        }
        return causes
    }

    /// `IsConfigMapKey`.
    private static func keyProblems(_ key: String) -> [String] {
        var problems: [String] = []
        if key.utf8.count > 253 { problems.append("must be no more than 253 characters") }
        let isSound = key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        if !isSound || key.isEmpty {
            problems.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
            )
        }
        if key == "." || key.hasPrefix("..") { problems.append("must not start with '..' or be '.'") }
        return problems
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        isSecret ? ["type": object.text("type")] : [:]
    }

    var columns: [TableColumn] {
        let data = TableColumn.text(
            "Data",
            "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process."
        )
        return isSecret
            ? [.name, .text("Type", "Used to facilitate programmatic handling of secret data."), data, .age]
            : [.name, data, .age]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let count = (object["data"]?.objectValue?.count ?? 0) + (object["binaryData"]?.objectValue?.count ?? 0)
        let type: [JSONValue] = isSecret ? [.string(object.text("type"))] : []
        return [.string(object.metadataText("name"))] + type + [.int(Int64(count)), .age(of: object, at: now)]
    }
}
