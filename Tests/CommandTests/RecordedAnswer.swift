import Foundation

/// Bodies as a provider sent them, in `Recorded/`: one file an answer.
enum RecordedAnswer {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "Recorded")

    /// A failure for the sandbox, with `"recorded": "NAME"` replaced by that file as its `body`.
    static func failure(_ text: String) throws -> String {
        guard var fields = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
            let name = fields.removeValue(forKey: "recorded") as? String
        else { return text }
        fields["body"] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        return String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
    }
}
