package import KubernetesObjects

extension KubernetesClient {
    /// Writes an object's status, as a merge patch that holds only if nobody changed the object in between.
    ///
    /// A report, never truth: behind a YurtHub without a cloud the server answers with the old object and writes nothing.
    ///
    /// - Parameters:
    ///   - known: the object as it was last seen, which saves reading it; nil reads it first.
    ///   - attempts: how often a conflict is answered by reading the object again and asking `change` again.
    ///   - change: the new `status` for the object as it is now, or nil if there is nothing to do. Called again after
    ///     every conflict. Members that are absent stay as they are; null removes.
    /// - Returns: the object as the server holds it now; nil if there was nothing to do.
    /// - Throws: `conflict` after the last attempt, `notFound` if the object is gone.
    @concurrent
    @discardableResult
    package func patchStatus<Object: KubernetesObject>(
        _ type: Object.Type, at path: ResourcePath, _ key: ObjectKey, known: Object? = nil, attempts: Int = 5,
        _ change: @Sendable (Object) -> JSONValue?
    ) async throws(KubernetesError) -> Object? {
        var known = known
        var attempt = 1
        while true {
            let current: Object
            if let known { current = known } else { current = try await get(Object.self, at: path, key) }
            guard let status = change(current) else { return nil }
            var patch: JSONValue = ["status": status]
            // A version in a merge patch makes the server compare it: without one the patch would win over anybody's
            // change, of the same status too.
            if !current.metadata.resourceVersion.isEmpty {
                patch["metadata"] = ["resourceVersion": .string(current.metadata.resourceVersion)]
            }
            do throws(KubernetesError) {
                return try await self.patch(Object.self, at: path, key, subresource: "status", .merge, patch)
            } catch {
                guard error.code == .conflict, attempt < attempts, !Task.isCancelled else { throw error }
                attempt += 1
                known = nil
            }
        }
    }

    /// Writes members of an object's status, whatever they are now, and creates the object where it is not there.
    ///
    /// What the server answers is looked at: a YurtHub without a cloud answers a change with the object as it was and a
    /// creation with what was sent, both with success and without effect.
    ///
    /// - Parameters:
    ///   - object: what to create, without its status: servers leave that out where it is a subresource.
    ///   - status: members that are absent stay as they are; null removes.
    /// - Throws: `notFound` if there is no such kind or namespace; `badAnswer` if the server said that it was written,
    ///   and it was not.
    @concurrent
    package func writeStatus<Object: KubernetesObject>(
        of object: Object, at path: ResourcePath, _ status: JSONValue
    ) async throws(KubernetesError) {
        do throws(KubernetesError) {
            return try await writeStatus(object.key, at: path, status)
        } catch {
            guard error.code == .notFound else { throw error }
        }
        do throws(KubernetesError) {
            try await create(object, at: path)
        } catch {
            guard error.code == .alreadyExists else { throw error }
        }
        do throws(KubernetesError) {
            try await writeStatus(object.key, at: path, status)
        } catch {
            guard error.code == .notFound else { throw error }
            throw KubernetesError(.badAnswer, "what was created is not there", cause: error)
        }
    }

    private func writeStatus(
        _ key: ObjectKey, at path: ResourcePath, _ status: JSONValue
    ) async throws(KubernetesError) {
        let answer = try await self.patch(
            JSONValue.self, at: path, key, subresource: "status", .merge, ["status": status])
        guard (answer["status"] ?? [:]).has(status) else {
            throw KubernetesError(.badAnswer, "the status in the answer is not the one that was written")
        }
    }
}
