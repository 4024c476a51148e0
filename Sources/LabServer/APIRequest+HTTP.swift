package import Hummingbird
package import LabAPI
import NIOCore

extension APIRequest {
    /// A request as it came by HTTP.
    package init(_ request: Request, body: [UInt8]) {
        var headers: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            // Several fields of one name mean a list (RFC 9110 5.3).
            headers[name] = headers[name].map { "\($0), \(field.value)" } ?? field.value
        }
        self.init(
            method: request.method.rawValue, target: request.uri.string, headers: headers, body: body)
    }
}

extension APIResponse {
    package var fields: HTTPFields {
        var fields = HTTPFields()
        for header in headers {
            if let name = HTTPFields.Element.Name(header.name) {
                fields.append(HTTPFields.Element(name: name, value: header.value))
            }
        }
        fields[.cacheControl] = "no-cache, private"
        return fields
    }
}

extension Response {
    /// An answer that is no watch, as it goes out by HTTP.
    package init(_ answer: APIResponse, isHead: Bool = false) {
        let bytes = answer.bytes
        var fields = answer.fields
        fields[.contentLength] = "\(bytes.count)"
        self.init(
            status: .init(code: answer.status), headers: fields,
            body: isHead ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
