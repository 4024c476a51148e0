import AsyncHTTPClient
package import KubernetesObjects
import NIOCore

/// What a watch asks for.
package struct WatchOptions: Sendable, Hashable {
    package var labelSelector: String?
    package var fieldSelector: String?
    /// Only what happened after this state is told.
    package var resourceVersion: String
    /// When the server is to end the watch, whole seconds.
    package var timeout: Duration

    package init(
        labelSelector: String? = nil, fieldSelector: String? = nil, resourceVersion: String, timeout: Duration
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.timeout = timeout
    }

    /// The list's selectors, then the watch's own.
    var query: [(name: String, value: String)] {
        ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector).selectorQuery + [
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
            ("timeoutSeconds", String(max(1, timeout.components.seconds))),
        ]
    }
}

/// One watch. The next piece is read when the next event is asked for: a slow reader slows the server down instead of
/// filling memory. Belongs to one task.
package struct WatchStream<Object: KubernetesObject> {
    private let client: KubernetesClient
    private let request: APIRequest
    private var splitter: WatchLineSplitter
    private var body: HTTPClientResponse.Body.AsyncIterator?

    package init(client: KubernetesClient, path: ResourcePath, options: WatchOptions) {
        self.client = client
        request = APIRequest(path: path.path, query: options.query)
        splitter = WatchLineSplitter(maximum: client.limits.maximumObject)
    }

    /// Asks for the watch; returns when the server has accepted it.
    package mutating func open() async throws(KubernetesError) {
        body = try await client.open(request, on: .watches).body.makeAsyncIterator()
    }

    /// The next event; nil when the server has ended the watch.
    /// - Throws: `timeout` after `ClientLimits.watchSilence` without a byte; `badAnswer` for a line that is too long or no
    ///   event; `unreachable` if the connection breaks, also in the middle of a line.
    package mutating func next() async throws(KubernetesError) -> WatchEvent<Object>? {
        while true {
            if let line = try nextLine() { return try WatchEvent(line: line) }
            let chunk: ByteBuffer?
            do {
                chunk = try await body?.next(isolation: #isolation)
            } catch {
                throw KubernetesError(transport: error)
            }
            if Task.isCancelled { throw KubernetesError(.cancelled, "") }
            guard let chunk else {
                guard !splitter.hasUnfinishedLine else {
                    throw KubernetesError(.unreachable, "the watch ended in the middle of a line")
                }
                return nil
            }
            splitter.append(chunk)
        }
    }

    private mutating func nextLine() throws(KubernetesError) -> ByteBuffer? {
        do throws(WatchLineSplitter.LineTooLong) {
            return try splitter.nextLine()
        } catch {
            throw KubernetesError(.badAnswer, "a line of the watch is longer than \(error.maximum) bytes", cause: error)
        }
    }
}
