/// The one place that decides what apps, connections and slots may be called.
package enum Name {
    package enum Kind: String, Equatable, Sendable { case app, connection, slot }

    package enum Fault: Equatable, Sendable {
        case empty
        /// Over 128 bytes of UTF-8.
        case tooLong(bytes: Int)
        /// A control, format, bidi, zero-width or private character, or a blank that is not the space.
        case unprintable(scalar: UInt32)
        /// A space at the beginning or the end, which nobody sees.
        case outerSpace
        /// A hyphen at the beginning: it would be read as an option.
        case leadingHyphen
    }

    package static let maximumBytes = 128

    /// Throws `.name` unless the text is 1…128 bytes of printable characters.
    package static func check(_ text: String, _ kind: Kind) throws(OperationError) {
        if let fault = fault(in: text) { throw .name(kind, fault) }
    }

    private static func fault(in text: String) -> Fault? {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return .empty }
        guard text.utf8.count <= maximumBytes else { return .tooLong(bytes: text.utf8.count) }
        if let bad = scalars.first(where: { !isPrintable($0) }) { return .unprintable(scalar: bad.value) }
        if first == " " || last == " " { return .outerSpace }
        return first == "-" ? .leadingHyphen : nil
    }

    /// Whether the scalar shows as itself: no control, no direction, no width of zero, no blank but the space. What is
    /// printed of foreign text is held to the same.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
        if scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isBidiControl { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default:
            // Letters, marks, numbers, punctuation, symbols. The blank braille pattern shows nothing.
            return scalar.value != 0x2800
        }
    }
}
