import Addresses
import ClusterConfiguration
package import KubernetesObjects
import Reasons

extension ServiceClaim {
    /// Reads a Service.
    ///
    /// - Parameters:
    ///   - namespaceLabels: those of its namespace; nil if that is not known.
    ///   - loadBalancerClass: the class served; nil serves Services without a class.
    package init(_ service: Service, namespaceLabels: [String: String]?, loadBalancerClass: String?) {
        guard service.isLoadBalancer else {
            // Before the class: the API server wipes it together with the type, and an address must not leak by that.
            self = .unclaimed(.notLoadBalancer)
            return
        }
        if service.isDividedAmongPools {
            self = .unclaimed(.divided)
            return
        }
        let own = service.spec.loadBalancerClass
        if own != loadBalancerClass {
            let serving = loadBalancerClass.map { "class `\($0)`" } ?? "Services without a class"
            self = .foreign("Service", ofClass: own, serving: serving)
            return
        }
        let clusterAddresses = service.clusterAddresses
        if clusterAddresses.isEmpty {
            self = .unclaimed(.noClusterAddress)
            return
        }
        do throws(AllocationRefusal) {
            let families = try Self.families(of: service, clusterAddresses)
            self = .request(
                Self.request(service, families, namespaceLabels) { (perFamily) throws(AllocationRefusal) in
                    try Self.wish(of: service, perFamily)
                })
        } catch {
            self = .unentitled(error)
        }
    }

    /// The families of the cluster addresses, which is what kube-proxy can serve, whatever the Service's policy says.
    static func families(
        of service: Service, _ clusterAddresses: [String]
    ) throws(AllocationRefusal) -> [IPFamily] {
        var families: [IPFamily] = []
        for text in clusterAddresses {
            guard let address = IPAddress(text) else {
                throw AllocationRefusal(
                    .familyMismatch, .families, subject: text,
                    text == "None"
                        ? "a headless Service has no cluster address, and so no address family"
                        : "the cluster address \"\(text)\" is no address")
            }
            if !families.contains(address.family) { families.append(address.family) }
        }
        if service.spec.ipFamilyPolicy == "RequireDualStack", families.count < 2 {
            throw AllocationRefusal(
                .familyMismatch, .dualStack,
                "the Service requires dual stack, but has only \(clusterAddresses.joined(separator: ", ")) as cluster "
                    + "address; the cluster itself must be dual-stack")
        }
        return families
    }

    /// - Parameter readWish: what of the addresses that the Service names is meant.
    static func request(
        _ service: Service, _ families: [IPFamily], _ namespaceLabels: [String: String]?,
        readWish: (Int) throws(AllocationRefusal) -> ServiceRequest.Wish
    ) -> ServiceRequest {
        var request = ServiceRequest(
            key: service.key, families: families, terms: terms(of: service),
            status: ServiceRequest.StatusAddresses(service.status.loadBalancer?.ingress ?? []))
        do throws(AllocationRefusal) {
            request.addressesPerFamily = try addressesPerFamily(of: service)
            request.wish = try readWish(request.addressesPerFamily)
        } catch {
            request.wish = .unreadable(error)
            // What the Service has stays as it is, however many that are.
            let held = Dictionary(grouping: request.status.addresses, by: \.family).values.map(\.count).max() ?? 1
            request.addressesPerFamily = min(held, ServiceAnnotations.maximumAddressesPerFamily)
        }
        request.namespaceLabels = namespaceLabels
        request.labels = service.metadata.labels
        request.requiresDualStack = service.spec.ipFamilyPolicy == "RequireDualStack"
        request.created = service.metadata.creationTimestamp ?? ""
        return request
    }

    private static func addressesPerFamily(of service: Service) throws(AllocationRefusal) -> Int {
        let text = service.metadata.annotations[ServiceAnnotations.addressesPerFamily] ?? ""
        if text.isEmpty { return 1 }
        let most = ServiceAnnotations.maximumAddressesPerFamily
        guard let number = Int(text), (1...most).contains(number) else {
            throw AllocationRefusal(
                .configurationInvalid, .reading, subject: text,
                "the annotation `\(ServiceAnnotations.addressesPerFamily)` is \"\(text.abridged)\", which is no number "
                    + "from 1 to \(most)")
        }
        return number
    }

    private static func wish(
        of service: Service, _ perFamily: Int
    ) throws(AllocationRefusal) -> ServiceRequest.Wish {
        let annotations = service.metadata.annotations
        let pool = ServiceAnnotations.value(.addressPool, in: annotations)
        let listed = ServiceAnnotations.value(.loadBalancerIPs, in: annotations)
        let single = service.spec.loadBalancerIP.flatMap { $0.isEmpty ? nil : $0 }
        if listed != nil, single != nil {
            throw AllocationRefusal(
                .configurationInvalid, .reading, subject: "both",
                "the Service has both the annotation `metallb.io/loadBalancerIPs` and `spec.loadBalancerIP`; "
                    + "keep the annotation")
        }
        guard let text = listed ?? single else { return pool.map { .pool($0) } ?? .automatic }
        let addresses = try addresses(text)
        try checkCount(of: addresses, perFamily, text)
        return .addresses(addresses, pool: pool)
    }

    /// Addresses separated by commas.
    static func addresses(_ text: String) throws(AllocationRefusal) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = part.trimmingSpaces()
            guard let address = IPAddress(word) else {
                throw AllocationRefusal(
                    .configurationInvalid, .reading, subject: text,
                    "\"\(word.abridged)\" in \"\(text.abridged)\" is no IP address")
            }
            addresses.append(address)
        }
        return addresses
    }

    /// Holds if no address is there twice and no more of either family than the Service is to have.
    static func checkCount(
        of addresses: [IPAddress], _ perFamily: Int, _ text: String
    ) throws(AllocationRefusal) {
        let counts = Dictionary(grouping: addresses, by: \.family).values.map(\.count)
        guard Set(addresses).count == addresses.count, counts.allSatisfy({ $0 <= perFamily }) else {
            throw AllocationRefusal(
                .familyMismatch, .reading, subject: text,
                "\"\(text.abridged)\" is not one address, nor one of IPv4 and one of IPv6; for more, say how many with "
                    + "the annotation `\(ServiceAnnotations.addressesPerFamily)`")
        }
    }

    private static func terms(of service: Service) -> SharingTerms {
        guard let key = ServiceAnnotations.value(.allowSharedIP, in: service.metadata.annotations) else {
            return SharingTerms()
        }
        let ports = (service.spec.ports ?? []).map { ServicePort(transport: $0.transport ?? "TCP", port: $0.port) }
        let backend =
            service.hasLocalTrafficPolicy
            ? (service.spec.selector ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",") : ""
        return SharingTerms(key: key, backend: backend, ports: Set(ports))
    }
}

extension ServiceRequest.StatusAddresses {
    /// Reads the entries of a status.
    package init(_ ingress: [Service.Ingress]) {
        self.init()
        for entry in ingress {
            if let address = entry.ip.flatMap({ IPAddress($0) }), (entry.hostname ?? "").isEmpty {
                addresses.append(address)
            } else {
                hasForeignEntries = true
            }
        }
    }
}

extension Substring {
    /// The text without spaces and tabs around it.
    fileprivate func trimmingSpaces() -> String {
        var text = self
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text.drop { $0 == " " || $0 == "\t" })
    }
}
