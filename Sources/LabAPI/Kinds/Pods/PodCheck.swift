import KubernetesObjects

/// What is wrong with a Pod's spec (`ValidatePodSpec`), as far as the lab relies on it.
struct PodCheck {
    /// `spec`, or `spec.template.spec`.
    let place: String
    private(set) var causes: [APIStatus.Cause] = []

    init(place: String) { self.place = place }

    static func problems(in spec: JSONValue, at place: String) -> [APIStatus.Cause] {
        var check = PodCheck(place: place)
        check.check(spec)
        return check.causes
    }

    private mutating func check(_ spec: JSONValue) {
        let volumes = checkVolumes(spec)
        var names: Set<String> = []
        if spec.elements("containers").isEmpty { causes.append(.required("\(place).containers")) }
        for member in ["containers", "initContainers"] {
            for (index, container) in spec.elements(member).enumerated() {
                checkContainer(container, at: "\(place).\(member)[\(index)]", volumes: volumes, names: &names)
            }
        }
        checkChoice(spec, "restartPolicy", ["Always", "Never", "OnFailure"])
        checkChoice(spec, "dnsPolicy", ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"])
        for (member, rule) in [("nodeName", NameRule.dns1123Subdomain), ("serviceAccountName", .dns1123Subdomain)] {
            let name = spec.text(member)
            if !name.isEmpty {
                causes += rule.problems(name).map { .invalid("\(place).\(member)", value: quoted(name), $0) }
            }
        }
        causes += LabelRule.problems(spec.texts("nodeSelector"), at: "\(place).nodeSelector")
        if let grace = spec["terminationGracePeriodSeconds"]?.intValue, grace < 0 {
            causes.append(
                .invalid(
                    "\(place).terminationGracePeriodSeconds", value: "\(grace)",
                    "must be greater than or equal to 0"))
        }
    }

    private mutating func checkChoice(_ spec: JSONValue, _ member: String, _ supported: [String]) {
        let value = spec.text(member)
        if !supported.contains(value) {
            causes.append(.unsupported("\(place).\(member)", value: quoted(value), supported: supported))
        }
    }

    private mutating func checkName(_ name: String, at place: String, names: inout Set<String>) {
        if name.isEmpty {
            causes.append(.required(place))
            return
        }
        causes += NameRule.dns1123Label.problems(name).map { .invalid(place, value: quoted(name), $0) }
        if !names.insert(name).inserted { causes.append(.duplicate(place, value: quoted(name))) }
    }

    private mutating func checkVolumes(_ spec: JSONValue) -> Set<String> {
        var names: Set<String> = []
        for (index, volume) in spec.elements("volumes").enumerated() {
            checkName(volume.text("name"), at: "\(place).volumes[\(index)].name", names: &names)
            let sources = (volume.objectValue ?? [:]).keys.filter { $0 != "name" }.sorted()
            for source in sources.dropFirst() {
                causes.append(
                    .forbidden("\(place).volumes[\(index)].\(source)", "may not specify more than 1 volume type"))
            }
        }
        return names
    }

    private mutating func checkContainer(
        _ container: JSONValue, at place: String, volumes: Set<String>, names: inout Set<String>
    ) {
        checkName(container.text("name"), at: "\(place).name", names: &names)
        let image = container.text("image")
        if image.isEmpty {
            causes.append(.required("\(place).image"))
        } else if image.first?.isWhitespace == true || image.last?.isWhitespace == true {
            causes.append(
                .invalid("\(place).image", value: quoted(image), "must not have leading or trailing whitespace"))
        }
        var portNames: Set<String> = []
        for (index, port) in container.elements("ports").enumerated() {
            let place = "\(place).ports[\(index)]"
            let name = port.text("name")
            if !name.isEmpty {
                causes += PortRule.nameProblems(name).map { .invalid("\(place).name", value: quoted(name), $0) }
                if !portNames.insert(name).inserted { causes.append(.duplicate("\(place).name", value: quoted(name))) }
            }
            if port.number("containerPort") == 0 {
                causes.append(.required("\(place).containerPort"))
            } else {
                causes += PortRule.numberProblems(port["containerPort"], at: "\(place).containerPort")
            }
            if port.number("hostPort") != 0 {
                causes += PortRule.numberProblems(port["hostPort"], at: "\(place).hostPort")
            }
            causes += PortRule.protocolProblems(port.text("protocol"), at: "\(place).protocol")
        }
        for (index, mount) in container.elements("volumeMounts").enumerated() {
            let name = mount.text("name")
            if !volumes.contains(name) {
                causes.append(
                    .init(
                        reason: "FieldValueNotFound", message: "Not found: \(quoted(name))",
                        field: "\(place).volumeMounts[\(index)].name"))
            }
            if mount.text("mountPath").isEmpty {
                causes.append(.required("\(place).volumeMounts[\(index)].mountPath"))
            }
        }
    }
}
