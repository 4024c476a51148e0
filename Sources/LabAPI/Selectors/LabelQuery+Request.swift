package import KubernetesObjects

extension LabelQuery {
    /// Reads the selector of a request; refused with 400.
    package init(parsing text: String) throws(APIStatus) {
        do {
            try self.init(reading: text)
        } catch {
            throw .badRequest("unable to parse requirement: \(error.message)")
        }
    }
}
